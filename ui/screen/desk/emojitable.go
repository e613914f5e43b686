package desk

// emojiGroups are the signs of the picker, each with words to find it by, in both languages. All are in the font that comes
// with the toolkit; a test holds that. The first group is filled with what was used last.
func emojiGroups() []emojiGroup {
	return []emojiGroup{
		{"recent", nil},
		{"face", []emoji{
			{"😊", "微笑 开心 smile happy"}, {"😄", "大笑 高兴 grin"}, {"😁", "露齿 嘻嘻 beam"}, {"😂", "笑哭 joy tears"}, {"🤣", "打滚 rofl"},
			{"😉", "眨眼 wink"}, {"😍", "喜欢 爱心眼 love"}, {"😘", "飞吻 kiss"}, {"😋", "好吃 馋 yum"}, {"😎", "酷 cool"},
			{"🤗", "拥抱 hug"}, {"🤔", "思考 think"}, {"😌", "放心 安心 relieved"}, {"🙂", "还好 slight"}, {"😅", "汗 尴尬 sweat"}, {"😳", "脸红 害羞 blush"},
			{"😮", "惊讶 wow"}, {"😯", "哦 hushed"}, {"😴", "困 睡 sleep"}, {"😷", "口罩 mask"}, {"🤒", "发烧 不舒服 sick"}, {"🤧", "打喷嚏 过敏 sneeze"},
			{"😟", "担心 worried"}, {"😔", "失落 pensive"}, {"😢", "哭 sad"}, {"😭", "大哭 cry"}, {"😣", "难受 struggle"}, {"😰", "焦虑 anxious"},
			{"😤", "不满 huff"}, {"😠", "生气 angry"}, {"😡", "愤怒 rage"}, {"🙄", "白眼 roll"}, {"😬", "尴尬 grimace"}, {"🤝", "合作 握手 deal"},
		}},
		{"hand", []emoji{
			{"👍", "赞 好的 good ok"}, {"👌", "没问题 ok fine"}, {"🙏", "感谢 拜托 抱歉 thanks please"}, {"👏", "鼓掌 clap"}, {"🙌", "万岁 hooray"},
			{"💪", "加油 strong"}, {"✌", "耶 胜利 victory"}, {"🤞", "祝好运 luck"}, {"👋", "您好 再见 wave hello bye"}, {"✋", "稍等 停 wait stop"},
			{"👉", "看这里 右 right"}, {"👈", "左 left"}, {"👆", "上 up"}, {"👇", "下 down"}, {"☝", "一个 注意 one"}, {"👀", "看 eyes look"}, {"🙋", "举手 我 me"}, {"🙇", "鞠躬 抱歉 sorry bow"},
		}},
		{"heart", []emoji{
			{"❤", "心 爱 heart love"}, {"💕", "双心 hearts"}, {"💖", "闪亮 sparkle heart"}, {"💙", "蓝心 blue"}, {"💚", "绿心 green"}, {"💛", "黄心 yellow"}, {"💔", "心碎 broken"},
			{"🌹", "玫瑰 rose"}, {"🌸", "樱花 blossom"}, {"🌷", "郁金香 tulip"}, {"💐", "花束 bouquet"}, {"🎉", "庆祝 恭喜 celebrate"}, {"🎊", "彩带 confetti"}, {"✨", "闪亮 sparkles"},
			{"🎂", "生日 蛋糕 birthday cake"}, {"🎁", "礼物 赠品 gift"}, {"🌟", "星 star"}, {"⭐", "好评 星 star"}, {"🔥", "热卖 火 fire hot"}, {"🌈", "彩虹 rainbow"},
		}},
		{"shop", []emoji{
			{"🛍", "购物 shopping"}, {"🛒", "购物车 cart"}, {"📦", "包裹 快递 parcel box"}, {"🚚", "发货 物流 delivery truck"}, {"✈", "空运 plane"}, {"🏠", "送到家 home"},
			{"📍", "地址 address pin"}, {"📞", "电话 phone"}, {"📱", "手机 mobile"}, {"📷", "照片 拍照 camera photo"}, {"💳", "付款 card pay"},
			{"💰", "优惠 钱 money"}, {"🎫", "优惠券 券 coupon ticket"}, {"🏷", "标签 价格 tag price"}, {"⏰", "限时 闹钟 alarm"}, {"⏳", "稍等 沙漏 wait"}, {"📅", "日期 calendar"},
			{"💄", "口红 lipstick"}, {"💅", "美甲 nail"}, {"💧", "补水 水 water"}, {"🌿", "草本 成分 herb"}, {"☀", "防晒 晴 sun"}, {"🌙", "晚上 night"}, {"❄", "冷敷 cold"},
		}},
		{"sign", []emoji{
			{"✅", "完成 对 done check"}, {"❌", "不行 错 no cross"}, {"❗", "注意 important"}, {"❓", "问 question"}, {"⚠", "警告 小心 warning"}, {"💡", "建议 想法 idea"},
			{"📌", "置顶 pin"}, {"🔔", "提醒 bell"}, {"🔍", "查 search"}, {"🔗", "链接 link"}, {"🔄", "换货 刷新 refresh exchange"}, {"↩", "退货 return"}, {"➡", "下一步 next"},
			{"💯", "满分 hundred"}, {"🆕", "新品 new"}, {"🆗", "好 ok"}, {"🎯", "精准 target"},
		}},
	}
}

type emoji struct{ sign, words string }

type emojiGroup struct {
	key   string // "emoji.<key>"
	signs []emoji
}
