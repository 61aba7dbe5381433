#!/bin/sh
# Called by watchdog.py with on or off as the hall opens and closes. Adapt to the hall's displays:
# a controller with RS-232 or a network command goes here too. Ends with another code than 0 where
# nothing was switched; it is then called again.
set -eu
case ${1:-} in
on | off) power=$1 ;;
*)
	echo "display.sh on|off" >&2
	exit 2
	;;
esac
if [ -n "${WAYLAND_DISPLAY:-}" ] && command -v wlr-randr >/dev/null; then
	listed=$(wlr-randr)
	outputs=$(printf '%s\n' "$listed" | sed -n 's/^\([^ ][^ ]*\) .*/\1/p')
	if [ -z "$outputs" ]; then
		echo "没有找到显示器输出。" >&2
		exit 1
	fi
	for output in $outputs; do wlr-randr --output "$output" "--$power"; done
elif [ -n "${DISPLAY:-}" ] && command -v xset >/dev/null; then
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
