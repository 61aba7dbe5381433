#!/bin/sh
# Installs what the distribution has to bring, only if it is absent:
#   packages.sh venv PYTHON   what `python -m venv` needs
#   packages.sh test          PostgreSQL, Chromium, LibreOffice Calc and Node.js for the tests
set -eu

missing=""
need() { missing="$missing $1"; }

case "${1:-}" in
venv)
	python=${2:-}
	if [ -z "$python" ]; then
		echo "Python 3.11 or newer was not found. Install it (Debian: apt-get install python3 python3-venv)" >&2
		echo "or name it: make PYTHON=/path/to/python3.11 run" >&2
		exit 1
	fi
	"$python" -c 'import ensurepip, venv' 2>/dev/null || need python3-venv
	;;
test)
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || need postgresql
	command -v chromium >/dev/null || command -v chromium-browser >/dev/null || need chromium
	command -v soffice >/dev/null || command -v libreoffice >/dev/null || need libreoffice-calc-nogui
	command -v node >/dev/null || need nodejs # pyright runs on it
	;;
*)
	echo "usage: packages.sh venv PYTHON | test" >&2
	exit 2
	;;
esac
[ -n "$missing" ] || exit 0

as_root=""
if ! command -v apt-get >/dev/null; then
	echo "Missing:$missing. This system has no apt-get; install them with its own package manager and try again." >&2
	exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
	if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
		as_root="sudo -n"
	else
		echo "Missing:$missing. You may not install packages here; ask an administrator to run:" >&2
		echo "  apt-get install$missing" >&2
		exit 1
	fi
fi
echo "Installing from the distribution:$missing"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
# shellcheck disable=SC2086
$as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
