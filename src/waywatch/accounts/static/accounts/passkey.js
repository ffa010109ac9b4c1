// Says it on the page when a passkey could not be used; the library only writes to the console.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const notice = document.getElementById("passkey-error");
  if (notice) {
    notice.hidden = false;
  }
});
