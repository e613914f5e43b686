package conversation

import (
	"slices"

	"agentdesk/sync/event"
)

// Bounds of a form filled in.
const (
	maxFields = 8
	maxField  = 2 << 10 // bytes of one field
)

// FormFields are the names of a form's fields, in the order in which they are asked; nil for a form that there isn't.
func FormFields(form string) []string {
	switch form {
	case event.FormReturn:
		return []string{"order", "reason", "detail", "refund"}
	case event.FormAddress:
		return []string{"order", "name", "phone", "region", "street"}
	case event.FormLeave:
		return []string{"contact", "text"}
	}
	return nil
}

func checkForm(a *PostArgs) *Refusal {
	names := FormFields(a.Form)
	if names == nil {
		return refuse(Invalid, "there is no such form")
	}
	if a.Kind == event.FormAsked {
		if len(a.Fields) > 0 {
			return refuse(Invalid, "a form that is asked for has no answers yet")
		}
		return nil
	}
	if len(a.Fields) == 0 {
		return refuse(Invalid, "an empty form")
	}
	if len(a.Fields) > maxFields {
		return refuse(TooLarge, "too many fields")
	}
	for name, v := range a.Fields {
		if !slices.Contains(names, name) {
			return refuse(Invalid, "the form has no such field")
		}
		if len(v) > maxField {
			return refuse(TooLarge, "a field is at most 2 KB")
		}
		if r := CheckText(v); r != nil {
			return r
		}
	}
	return nil
}
