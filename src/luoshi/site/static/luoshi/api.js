// The words of the page that describes the API, in Chinese: the library brings them in English only.
const WORDS = {
  Authorize: "填写令牌", Authorized: "已填令牌", Logout: "去掉令牌", Close: "关闭", "Available authorizations": "填写令牌", "Value:": "令牌：",
  "Try it out": "试用", "Try it out ": "试用", Cancel: "取消", Execute: "发送", Clear: "清除", Reset: "还原",
  Parameters: "参数", "No parameters": "没有参数", Name: "名称", Description: "说明", "Request body": "请求内容", required: "必填",
  Responses: "应答", Response: "应答", Code: "代码", Details: "详情", Links: "链接", "No links": "无", "Media type": "格式", "Example Value": "示例", Schema: "结构",
  "Server response": "应答", "Response body": "应答内容", "Response headers": "应答头", "Request URL": "请求地址", Curl: "命令行", Download: "下载",
  "Loading...": "正在打开……", "Failed to load API definition.": "接口说明没有打开，请刷新。",
};
const root = document.getElementById("swagger-ui");

function translate(node) {
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  for (let text = walker.currentNode.nodeType === Node.TEXT_NODE ? walker.currentNode : walker.nextNode(); text; text = walker.nextNode()) {
    const word = WORDS[text.nodeValue.trim()];
    if (word && !text.parentElement?.closest("pre, code, textarea, .parameter__name, .prop-name")) text.nodeValue = word;
  }
}

new MutationObserver((changes) => {
  for (const change of changes) {
    if (change.type === "characterData") translate(change.target);
    for (const node of change.addedNodes) translate(node);
  }
}).observe(root, { childList: true, subtree: true, characterData: true });
translate(root);
