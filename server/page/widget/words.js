// The chat's words, Chinese and English.

const words = {
  open: ['咨询顾问', 'Chat with us'], unread: ['{n} 条未读消息', '{n} unread'], collapse: ['收起', 'Collapse'], title: ['{brand}在线顾问', '{brand} chat'],
  bot: ['智能助手小澄', 'Assistant Xiaocheng'], botLine: ['智能助手在线，随时为您解答', 'The assistant is online'],
  waiting: ['正在为您请顾问', 'Calling an advisor for you'], waitLine: ['通常 30 秒内接入', 'Usually within 30 seconds'],
  human: ['{name}，护肤顾问', '{name}, skin advisor'], humanLine: ['真人服务中，通常 30 秒内回复', 'In person, usually replies within 30 seconds'],
  offline: ['连接断开', 'Not connected'], advisor: ['顾问', 'Advisor'], you: ['您', 'You'], says: ['{name}：', '{name}: '],
  hello: ['您好，我是智能助手小澄。商品、成分、订单、售后都可以问我。', 'Hello, I am the assistant. Ask me about products, ingredients, orders or returns.'],
  took: ['{name} {n} 秒接入，已看到以上对话', '{name} joined after {n} s and has seen the chat above'],
  tookNow: ['{name} 已接入，已看到以上对话', '{name} joined and has seen the chat above'],
  place: ['您前面还有 {n} 位，顾问马上就来', '{n} ahead of you; an advisor will be here soon'], next: ['您是下一位，顾问马上就来', 'You are next; an advisor will be here soon'],
  handed: ['接下来由智能助手继续为您服务', 'The assistant takes over from here'],
  transfer: ['正在为您转接{name}', 'Passing you on to {name}'], transferTo: ['更合适的顾问', 'a better suited advisor'],
  closed: ['本次对话已结束，继续发消息会开始新的对话', 'Chat ended. Write again to start a new one'], idle: ['长时间没有消息，对话已结束', 'The chat ended after a long silence'],
  hours: ['顾问服务时间为 {opens} 至 {closes}', 'Advisors are here from {opens} to {closes}'], hoursText: ['现在没有顾问在线。您可以先留言，我们上班后第一时间回复；智能助手仍然可以回答商品和订单问题。', 'No advisor is here now. Leave a message and we will answer first thing; the assistant still answers about products and orders.'],
  busyText: ['顾问都在接待，让您久等了。您可以继续等，也可以先留言。', 'All advisors are busy, sorry for the wait. You may keep waiting, or leave a message.'], leave: ['留言', 'Leave a message'],
  returnDone: ['订单 {order} 的售后申请已提交', 'Your request about order {order} was sent'], returnRefused: ['订单 {order} 的申请没有提交：{text}', 'Your request about order {order} was not sent: {text}'],
  addressDone: ['订单 {order} 会寄到新的地址', 'Order {order} goes to the new address'], addressRefused: ['订单 {order} 的地址没有改成：{text}', 'The address of order {order} was not changed: {text}'],
  leaveDone: ['留言已收到，我们上班后第一时间联系您', 'We have your message and will answer first thing'],
  notice: ['系统通知', 'Notice'], typing: ['{name}正在输入', '{name} is typing'], write: ['说说您的情况', 'Tell us about it'], send: ['发送', 'Send'],
  picture: ['发送图片', 'Send a picture'], voice: ['发送语音', 'Record a voice message'], more: ['更多', 'More'],
  note: ['对话由智能助手与真人顾问共同提供', 'Answers come from an assistant and from people'],
  sending: ['发送中', 'Sending'], uploading: ['上传中 {n}%', 'Uploading {n}%'], unsent: ['未发送，连上后自动重发', 'Waiting to be sent'], sent: ['已送达', 'Delivered'], read: ['已读', 'Read'],
  failed: ['没有发出', 'Not sent'], resend: ['重发', 'Send again'], drop: ['删除', 'Remove'], edit: ['重新编辑', 'Edit'],
  lost: ['连接断开，正在重新连接', 'Connection lost, reconnecting'], stopped: ['连接已停止', 'Disconnected'], again: ['重新连接', 'Reconnect'],
  tooLong: ['文字太长，请分几次发送', 'The text is too long; send it in parts'], full: ['本机存储已满，刷新后未发出的消息可能丢失', 'Local storage is full: unsent messages may be lost on reload'],
  from: ['依据：', 'Source: '], sources: ['依据 {n} 处', '{n} sources'], image: ['图片', 'Picture'], voiceName: ['语音', 'Voice message'], file: ['文件', 'File'], text: ['消息', 'Message'],
  imageOf: ['{name}发的图片', 'Picture from {name}'], load: ['点按重新加载', 'Tap to load again'], close: ['关闭', 'Close'], cancel: ['取消', 'Cancel'], enlarge: ['查看大图', 'Enlarge'],
  recalledOwn: ['您撤回了一条消息', 'You took a message back'], recalledTheir: ['{name}撤回了一条消息', '{name} took a message back'], recall: ['撤回', 'Take back'], quote: ['引用', 'Quote'], copy: ['复制', 'Copy'],
  actions: ['对这条消息', 'Message actions'], tooLate: ['超过两分钟，不能撤回了', 'More than two minutes have passed'], quoteGone: ['引用的消息已撤回', 'The quoted message was taken back'], quoteOld: ['较早的消息', 'An earlier message'],
  earlier: ['查看更早的消息', 'Earlier messages'], latest: ['回到最新', 'To the latest'], newest: ['{n} 条新消息', '{n} new'], whole: ['展开全文', 'Show all'], less: ['收起', 'Show less'],
  pictureBad: ['这个文件不是图片', 'This file is not a picture'], pictureBig: ['图片太大，请换一张', 'The picture is too large'], pictureSend: ['发送这张图片', 'Send this picture'], pictureSends: ['发送 {n} 张图片', 'Send {n} pictures'], pictureHint: ['发送前会缩小并去掉拍摄地点等信息', 'Made smaller before sending; place and camera data are removed'], dropHere: ['松开即可发送图片', 'Drop to send'],
  recording: ['正在录音', 'Recording'], recordStop: ['完成', 'Done'], recordSend: ['发送语音', 'Send voice message'], recordCancel: ['取消录音', 'Cancel recording'], micNo: ['没有麦克风权限，请在浏览器设置里允许', 'The microphone is not allowed; allow it in the browser settings'], micNone: ['没有找到麦克风', 'No microphone found'], tooShort: ['说话时间太短', 'Too short'],
  play: ['播放语音，{n} 秒', 'Play voice message, {n} seconds'], pause: ['暂停', 'Pause'],
  view: ['查看商品', 'View'], add: ['加入购物车', 'Add to cart'], added: ['已加入购物车', 'In your cart'], toCart: ['去结算', 'Checkout'], toPay: ['去付款', 'Pay'], soldOut: ['暂时缺货', 'Sold out'], afterCoupon: ['券后', 'after coupon'],
  order: ['订单', 'Order'], orders: ['发送订单', 'Send order'], ordersPick: ['选一个订单发给顾问', 'Pick an order to show'], ordersNone: ['还没有订单', 'No orders yet'], ordersBad: ['订单没有取到', 'The orders could not be loaded'], orderTotal: ['共 {sum}', 'Total {sum}'], orderView: ['查看订单', 'View order'], loading: ['正在加载', 'Loading'], retry: ['重试', 'Try again'],
  product: ['商品', 'Product'], productSend: ['发送商品', 'Send product'], emoji: ['表情', 'Emoji'], soundOn: ['声音提醒', 'Sound on'], soundOff: ['关闭声音', 'Sound off'], remindOn: ['优惠补货提醒', 'Tell me of offers'], remindOff: ['关闭提醒', 'No offers'], remindIs: ['有合适的优惠或补货时提醒您', 'You will hear of fitting offers and refills'], remindNo: ['不再主动给您推荐', 'You will hear of no offers unasked'], rateIt: ['评价服务', 'Rate chat'], endIt: ['结束对话', 'End chat'],
  coupon: ['优惠券', 'Coupon'], couponMin: ['满 {sum} 可用', 'From {sum}'], couponAny: ['无门槛', 'No minimum'], couponUntil: ['{date} 前有效', 'Until {date}'], claim: ['领取', 'Claim'], claimed: ['已领取', 'Claimed'], couponOver: ['已过期', 'Expired'],
  formReturn: ['退换货申请', 'Return or exchange'], formAddress: ['修改收货地址', 'Change the address'], formLeave: ['留言', 'Leave a message'], formReturnText: ['说明原因，选好退款或换货，我们尽快审核', 'Tell us why, and whether you want a refund or an exchange'], formAddressText: ['填写新的收货信息，发货前都可以修改', 'Fill in where it should go; possible until it is shipped'], formLeaveText: ['留下联系方式和问题，我们上班后回复', 'Leave a contact and your question'],
  fill: ['去填写', 'Fill in'], filled: ['已提交', 'Submitted'], submit: ['提交', 'Submit'], fOrder: ['订单', 'Order'], fReason: ['原因', 'Reason'], fDetail: ['补充说明', 'Details'], fRefund: ['希望', 'You would like'], fName: ['收货人', 'Name'], fPhone: ['手机号', 'Phone'], fRegion: ['省市区', 'Region'], fStreet: ['详细地址', 'Street'], fContact: ['手机号或邮箱', 'Phone or e-mail'], fText: ['留言内容', 'Message'],
  allergy: ['皮肤不适、过敏', 'Skin reaction'], broken: ['破损或漏液', 'Broken or leaking'], wrong: ['发错或少件', 'Wrong or missing'], dislike: ['不喜欢、不合适', 'Not what I want'], other: ['其他', 'Other'], money: ['退货退款', 'Refund'], exchange: ['换货', 'Exchange'],
  needed: ['请填写{field}', 'Please fill in: {field}'], badPhone: ['请填写 11 位手机号', 'Enter an 11-digit mobile number'], badContact: ['请填写手机号或邮箱', 'Enter a phone number or e-mail'], optional: ['选填', 'optional'], choose: ['请选择', 'Choose'],
  rate: ['这次服务您满意吗', 'How was this chat?'], stars: ['{n} 星', '{n} stars'], star1: ['很不满意', 'Very poor'], star2: ['不太满意', 'Poor'], star3: ['一般', 'Fair'], star4: ['满意', 'Good'], star5: ['非常满意', 'Excellent'], rateText: ['还想说点什么', 'Anything to add'], rated: ['感谢您的评价', 'Thank you for rating'], rateAgain: ['修改评价', 'Change it'], rateSend: ['提交评价', 'Send rating'],
  fast: ['回复快', 'Quick'], solved: ['解决了问题', 'Solved it'], kind: ['态度好', 'Kind'], expert: ['很专业', 'Knows the subject'], slow: ['回复慢', 'Slow'], unsolved: ['没有解决', 'Not solved'], repeated: ['重复询问', 'Asked again and again'], rude: ['态度不好', 'Unkind'],
  privacy: ['为了解答问题，我们会保存对话内容。有合适的优惠或补货时是否提醒您，可以在“更多”里选。发送消息即表示您同意', 'We keep the chat to answer you. Whether you hear of offers and refills unasked you choose under “More”. By writing you agree to the '], privacyLink: ['隐私说明', 'privacy notice'], stop: ['。', '.'],
  e_stock: ['库存不足', 'Not enough in stock'], e_state: ['现在不能这样操作', 'Not possible any more'], e_full: ['已达上限', 'The limit is reached'], e_not_found: ['没有找到', 'Not found'], e_net: ['没有连上，请稍后再试', 'No connection; try again'], e_large: ['文件超过 10 MB', 'Larger than 10 MB'], e_unsupported: ['不支持这种文件', 'This kind of file is not taken'], e_gone: ['文件已不在本机，请重新选择', 'The file is gone; choose it again'], e_any: ['没有成功，请稍后再试', 'That did not work; try again'],
  today: ['今天', 'Today'], yesterday: ['昨天', 'Yesterday'], toast: ['提示', 'Notice'],
};

let column = 0;
/** Chooses the language for all that is said from now on. */
export function speak(lang) { column = lang === 'zh' ? 0 : 1; }
export const english = () => column === 1;

/** Says a thing in the customer's language; {name} in it is replaced from args. */
export function say(key, args) {
  const w = words[key];
  if (!w) return key;
  return w[column].replace(/\{(\w+)\}/g, (_, k) => (args && args[k] != null ? String(args[k]) : ''));
}
export const knows = (key) => key in words;

/** A refusal of the shop or of an upload, in words. */
export const excuse = (code) => say({ too_large: 'e_large', unsupported: 'e_unsupported', disguised: 'e_unsupported', stock: 'e_stock', state: 'e_state', full: 'e_full', not_found: 'e_not_found', net: 'e_net', gone: 'e_gone' }[code] || 'e_any');

const two = (n) => String(n).padStart(2, '0');
/** A moment as one says it beside a message; both in Unix ms of server time, in this machine's zone. */
export function when(at, now) {
  const d = new Date(at), n = new Date(now), clock = two(d.getHours()) + ':' + two(d.getMinutes());
  const day = (x) => new Date(x.getFullYear(), x.getMonth(), x.getDate()).getTime();
  const days = Math.round((day(n) - day(d)) / 86_400_000);
  if (days === 0) return clock;
  if (days === 1) return say('yesterday') + ' ' + clock;
  return date(at, d.getFullYear() !== n.getFullYear()) + ' ' + clock;
}
export function date(at, year) {
  const d = new Date(at);
  if (column) return d.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', ...(year && { year: 'numeric' }) });
  return (year ? d.getFullYear() + ' 年 ' : '') + (d.getMonth() + 1) + ' 月 ' + d.getDate() + ' 日';
}
