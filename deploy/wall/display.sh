#!/bin/sh
# Called by watchdog.py with on or off as the hall opens and closes. Adapt to the hall's displays:
# a controller with RS-232 or a network command goes here too.
set -eu
case ${1:-} in
on) power=on ;;
off) power=off ;;
*)
	echo "display.sh on|off" >&2
	exit 2
	;;
esac
if [ -n "${WAYLAND_DISPLAY:-}" ] && command -v wlr-randr >/dev/null; then
	wlr-randr | sed -n 's/^\([^ ][^ ]*\) .*/\1/p' | while read -r output; do wlr-randr --output "$output" "--$power"; done
elif command -v xset >/dev/null; then
	if [ "$power" = on ]; then
		xset dpms force on
		xset s off -dpms # nobody touches a keyboard here: the screen must not go out by itself
	else
		xset +dpms dpms force off
	fi
else
	echo "没有可用的显示器开关命令；画面在闭馆时为全黑。" >&2
	exit 1
fi
