package llm

func ptr[T any](v T) *T { return &v }

func cartTool() Tool {
	return Tool{Name: "add_to_cart", About: "加入购物车", Args: &Schema{Type: "object", Required: []string{"product", "quantity"},
		Properties: map[string]*Schema{"product": {Type: "string", MaxLength: 40}, "quantity": {Type: "integer", Minimum: ptr(1.0), Maximum: ptr(99.0)},
			"phone": {Type: "string", MaxLength: 20}}}}
}
