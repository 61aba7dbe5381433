// Streamlit's own words in Chinese. It has no setting for them; docs/streamlit-words.md lists them all.
// Only whole texts outside of what pages write are replaced, so no record can be changed by it.
"use strict";
(() => {
  const WORDS = {
    "Choose an option": "请选择",
    "Choose options": "请选择",
    "No results": "没有匹配的选项",
    "Select all": "全选",
    "Clear value": "清除",
    "Clear all": "全部清除",
    "Clear selection": "取消选择",
    "Open": "展开",
    "Close": "关闭",
    "Close popup": "关闭",
    "Dismiss": "关闭",
    "Choose date": "选择日期",
    "Choose date range": "选择起止日期",
    "Previous": "上一页",
    "Next": "下一页",
    "Previous month": "上个月",
    "Next month": "下个月",
    "Collapse sidebar": "收起侧栏",
    "Expand sidebar": "展开侧栏",
    "Sidebar": "侧栏",
    "App pages": "页面",
    "Skip to main content": "跳到正文",
    "Link to heading": "本节链接",
    "Fullscreen": "全屏",
    "Close fullscreen": "退出全屏",
    "Search": "查找",
    "Type to search": "输入要查找的内容",
    "Previous Result": "上一处",
    "Next Result": "下一处",
    "Close Search": "关闭查找",
    "Show/hide columns": "显示或隐藏列",
    "Sort ascending": "升序",
    "Sort descending": "降序",
    "Format": "格式",
    "Autosize": "按内容调整列宽",
    "Pin column": "固定此列",
    "Unpin column": "取消固定",
    "Hide column": "隐藏此列",
    "Copy column name": "复制列名",
    "Statistics": "统计",
    "Add row": "添加一行",
    "Delete row(s)": "删除所选行",
    "Copy": "复制",
    "Copied": "已复制",
    "Copy to clipboard": "复制",
    "Download as PNG": "下载图片",
    "file upload": "选择文件",
    "Upload": "选择文件",
    "Add files": "再选一个文件",
    "Error:": "没有收下：",
    "empty": "空",
    "Invalid input.": "填写的内容无效。",
    "Stop": "停止",
    "Rerun": "刷新",
    "Print": "打印",
    "Running...": "正在处理",
    "Connection error": "连接中断",
    "Connection closed": "连接已关闭",
    "Streamlit server is not responding. Are you connected to the internet?":
      "服务器没有回应。恢复后本页会自动接上；超过一分钟仍然如此，请联系运维团队。",
  };
  const PATTERNS = [
    [/^add icon$/, "添加"],
    [/^Help for (.+)$/, "$1：说明"],
    [/^Remove (.+)$/, "移除 $1"],
    [/^Error: (.+)$/, (_, rest) => `没有收下：${translated(rest) ?? rest}`],
    [/^File must be ([\d.]+)\s*([KMG]?B) or smaller\.$/, "文件不能超过 $1 $2。"],
    [/^(.+) files are not allowed\.$/, "不接受 $1 格式的文件。"],
    [/^File size is too small\.$/, "文件是空的。"],
    [/^You can only select up to (\d+) options?\. Remove an option first\.$/, "最多选 $1 项，请先去掉一项。"],
    [/^year, (.+)$/, "年，$1"],
    [/^month, (.+)$/, "月，$1"],
    [/^day, (.+)$/, "日，$1"],
  ];
  const ATTRIBUTES = ["aria-label", "title", "placeholder", "alt"];
  const WRITTEN_BY_PAGES =
    '[data-testid="stMarkdownContainer"], [data-testid="stHtml"], [data-testid="stText"], [data-testid="stCode"], textarea, script, style';
  const UPLOADER = '[data-testid="stFileUploader"]';

  function translated(text) {
    if (Object.hasOwn(WORDS, text)) return WORDS[text];
    for (const [pattern, replacement] of PATTERNS) {
      if (pattern.test(text)) return text.replace(pattern, replacement);
    }
    return undefined;
  }

  function translateText(node) {
    const text = node.nodeValue.trim();
    if (!/[A-Za-z]/.test(text)) return;
    const parent = node.parentElement;
    if (!parent || (parent.closest(WRITTEN_BY_PAGES) && !parent.closest(UPLOADER))) return;
    const found = translated(text);
    if (found !== undefined) node.nodeValue = found;
  }

  function translateElement(element) {
    for (const name of ATTRIBUTES) {
      const written = element.getAttribute(name);
      const found = written && translated(written);
      if (found) element.setAttribute(name, found);
    }
  }

  function translateAll(root) {
    if (root.nodeType === Node.TEXT_NODE) return translateText(root);
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    translateElement(root);
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      if (walker.currentNode.nodeType === Node.TEXT_NODE) translateText(walker.currentNode);
      else translateElement(walker.currentNode);
    }
  }

  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "childList") change.addedNodes.forEach(translateAll);
      else if (change.type === "characterData") translateText(change.target);
      else translateElement(change.target);
    }
  }).observe(document.documentElement, {
    childList: true,
    characterData: true,
    attributes: true,
    attributeFilter: ATTRIBUTES,
    subtree: true,
  });
})();
