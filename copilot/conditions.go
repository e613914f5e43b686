package copilot

import (
	"regexp"
	"strings"
	"time"

	"agentdesk/sync/label"
	"agentdesk/sync/talk"
)

// slow is after how long without dispatch an order is late.
const slow = 48 * time.Hour

// holds answers a script's condition. An unknown one holds never; a test reads them all.
func (d *drafts) holds(name string) bool {
	o, p := d.order(), d.asked()
	if state, ok := strings.CutPrefix(name, "order:"); ok {
		return o != nil && anyOf(o.Status, strings.Split(state, "/")...)
	}
	if state, ok := strings.CutPrefix(name, "parcel:"); ok {
		return o != nil && len(o.Parcels) > 0 && anyOf(o.Parcels[0].Status, strings.Split(state, "/")...)
	}
	if tier, ok := strings.CutPrefix(name, "tier:"); ok {
		return !d.in.Facts.Customer.Anonymous && strings.Contains(tier, d.in.Facts.Customer.Tier)
	}
	if kind, ok := strings.CutPrefix(name, "return:"); ok {
		return o != nil && o.Return != nil && anyOf(o.Return.Kind+o.Return.State, strings.Split(kind, "/")...)
	}
	switch name {
	case "known":
		return !d.in.Facts.Customer.Anonymous
	case "bought":
		return d.in.Facts.Customer.Orders > 0
	case "order":
		return o != nil
	case "sure":
		return o != nil && o.Sure
	case "parcel":
		return o != nil && len(o.Parcels) > 0
	case "late":
		return o != nil && !d.in.Now.IsZero() && d.in.Now.Sub(o.PlacedAt) > slow
	case "invoice":
		return o != nil && o.Invoice != ""
	case "overdue":
		return o != nil && o.Return != nil && o.Return.PaidAt.IsZero() && !o.Return.DueAt.IsZero() && !d.in.Now.IsZero() && d.in.Now.After(o.Return.DueAt)
	case "due":
		return o != nil && o.Return != nil && o.Return.PaidAt.IsZero() && !o.Return.DueAt.IsZero() && !d.in.Now.After(o.Return.DueAt)
	case "fresh": // may still be sent back without a reason
		return o != nil && !o.SignedAt.IsZero() && !d.in.Now.IsZero() && d.in.Now.Sub(o.SignedAt) <= 7*24*time.Hour
	case "product":
		return p != nil
	case "named": // of exactly one product
		return p != nil && d.second() == nil
	case "two":
		return p != nil && d.second() != nil
	case "kin":
		return len(d.kin()) > 1
	case "stock":
		return p != nil && p.Stock > 0
	case "skin":
		return d.in.Facts.Customer.Skin != ""
	case "misfit":
		return p != nil && d.in.Facts.Customer.Skin != "" && len(p.Skins) > 0 && !suits(p, d.in.Facts.Customer.Skin)
	case "photo":
		return anyOf(d.said, "[图片]", "[照片]", "图片在上面", "照片在上面") || anyOf(d.said, "照片", "图", "拍了", "截图", "视频") && anyOf(d.said, "发了", "发过", "发你了", "发给", "传了", "拍了", "上面有")
	case "number":
		return orderNumber.MatchString(d.said)
	case "address":
		return addressGiven.MatchString(d.now) && anyOf(d.now, "路", "街", "镇", "村", "区", "巷", "道", "室", "单元", "栋")
	case "agent":
		_, at := talk.Last(d.in.Context, talk.Agent)
		return at >= 0
	case "beauty": // a thing for skin, face or hair
		if p != nil || len(d.kin()) > 0 {
			return true
		}
		return anyOf(strings.ToLower(d.said), "肤", "脸", "皮", "妆", "霜", "精华", "面膜", "防晒", "口红", "粉底", "气垫", "洁面", "痘", "斑", "敏感", "护肤", "眼影", "唇", "香水", "洗发", "头发", "a醇", "vc", "酸", "乳液", "水乳", "黑头", "毛孔", "暗沉")
	case "urgent": // a body in danger: nothing else is spoken of
		return anyOf(d.thread, "喘", "呼吸困难", "呼吸不", "窒息", "昏", "嘴唇肿", "喉咙肿", "误食", "吃进", "吞了", "喝了", "休克", "偷吃", "舔了", "咬破") && d.matter() != label.Recommend && d.matter() != label.Ingredient
	case "upset":
		return d.upset()
	case "angry":
		return d.in.Emotion == label.Angry
	case "anxious":
		return d.in.Emotion == label.Anxious
	case "delighted":
		return d.in.Emotion == label.Delighted
	case "asksfor": // calls for a person
		return d.in.Intent == label.HumanRequest
	case "again":
		return d.in.Matter != ""
	}
	return false
}

// conditions are those that holds knows, for the test of the scripts.
func conditions() []string {
	return []string{"known", "bought", "order", "sure", "parcel", "late", "invoice", "overdue", "due", "fresh", "product", "named", "two", "kin", "stock", "skin", "misfit", "photo", "number",
		"address", "agent", "beauty", "urgent", "upset", "angry", "anxious", "delighted", "asksfor", "again"}
}

// orderNumber finds an order's or parcel's number in what a customer said; a phone number is none.
var orderNumber = regexp.MustCompile(`(?i)(?:CY|SF|ZT|YT|YD|JD|JT)\d{6,}|(?:单号|订单号?|尾号|后四位|编号)\D{0,4}\d{4,}|^\D{0,4}\d{4}\D{0,2}$|\d{12,}`)

// addressGiven finds a phone number and a street in one message.
var addressGiven = regexp.MustCompile(`1[3-9]\d{9}`)
