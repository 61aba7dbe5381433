#!/bin/sh
# The wall's browser: browser.sh http://10.1.2.3:8502 west
# One page, full screen, no menus, no questions, nothing from outside. Started by watchdog.py.
set -eu
address=${1:?address of the wall server, for example http://127.0.0.1:8502}
screen=${2:?name of this screen, for example west}
profile=${WALL_PROFILE:-$HOME/.wall-browser}

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
	echo "没有找到 Chromium。请安装：apt-get install chromium" >&2
	exit 2
}
# A power cut must not end in “Chromium didn't shut down correctly”.
preferences=$profile/Default/Preferences
if [ -f "$preferences" ]; then
	sed -i 's/"exited_cleanly":false/"exited_cleanly":true/; s/"exit_type":"[A-Za-z]*"/"exit_type":"Normal"/' "$preferences"
fi
# The service worker, which shows the last picture while the server is down, needs a secure origin:
# 127.0.0.1 and https are, one plain address of the hall's own network is declared so.
case $address in
http://*) set -- "--unsafely-treat-insecure-origin-as-secure=$address" ;;
*) set -- ;;
esac
exec "$browser" "$@" \
	--kiosk --app="$address/kiosk/#$screen" \
	--user-data-dir="$profile" --no-first-run --no-default-browser-check \
	--disable-session-crashed-bubble --hide-crash-restore-bubble --disable-infobars --noerrdialogs \
	--disable-features=Translate,MediaRouter,OptimizationHints,AutofillServerCommunication \
	--disable-background-networking --disable-component-update --disable-domain-reliability \
	--disable-sync --disable-breakpad --disable-client-side-phishing-detection --no-pings \
	--host-resolver-rules="MAP * ~NOTFOUND, EXCLUDE $(echo "$address" | sed 's,^[a-z]*://,,; s,[:/].*,,')" \
	--disable-background-timer-throttling --disable-renderer-backgrounding --disable-backgrounding-occluded-windows \
	--overscroll-history-navigation=0 --disable-pinch --password-store=basic \
	--autoplay-policy=no-user-gesture-required --force-device-scale-factor=1 --lang=zh-CN \
	${WALL_BROWSER_FLAGS:-}
