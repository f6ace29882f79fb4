setInterval(async () => {
  const answer = await fetch("/requests").catch(() => null);
  if (answer?.ok) document.getElementById("requests").innerHTML = await answer.text();
}, 2000);
