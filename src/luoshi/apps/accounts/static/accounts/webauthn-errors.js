// A key that does not answer, or a person who says no, is told in words (the library only writes to the console).
document.addEventListener("allauth.error", (event) => {
  const box = document.getElementById("messages");
  const { exception } = event.detail;
  const words = {
    NotAllowedError: "操作已取消或超时，请重试。",
    InvalidStateError: "该密钥已经登记过。",
    SecurityError: "当前网址不能使用密钥，请用正式网址（HTTPS）访问。",
  };
  const alert = document.createElement("div");
  alert.className = "alert alert-danger";
  alert.role = "alert";
  alert.textContent = words[exception?.name] ?? "密钥没有响应，请改用其他方式，或换用较新的浏览器。";
  box?.replaceChildren(alert);
});
