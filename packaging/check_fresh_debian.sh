#!/usr/bin/env bash
# Proves the promise of the README on a machine that has nothing: a minimal Debian with python3, made by debootstrap.
# Without venv and libraries both commands name one apt-get line; after exactly that line the window opens and the
# tests pass. Needs root, debootstrap, Xvfb and xdotool on this machine. Settings, by environment:
#   SUITE, MIRROR   what debootstrap takes                     (bookworm, http://deb.debian.org/debian)
#   FOLDER          where the system is made, 3 GB; kept       (a new folder in /tmp)
#   CA_BUNDLE       certificates that this network needs       (none)
#   PIP_CONF        a pip.conf that this network needs         (none)
#   SKIP_TESTS=1    only the window
#   PICTURE         where to put a picture of it (ImageMagick) (nowhere)
set -euo pipefail

suite=${SUITE:-bookworm}
folder=${FOLDER:-$(mktemp -d /tmp/antiphon-fresh.XXXXXX)}
root=$folder/root
top=$(git -C "$(dirname "${BASH_SOURCE[0]}")" rev-parse --show-toplevel)
mkdir -p "$folder"

say() { printf '\n== %s\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

started=()
clean_up() {
    for process in "${started[@]}"; do kill "$process" 2>/dev/null || true; done
    for process in /proc/[0-9]*; do
        [ "$(readlink "$process/root")" != "$root" ] || kill -9 "${process#/proc/}" 2>/dev/null || true
    done
    for point in tmp/.X11-unix dev/shm dev/pts dev proc; do umount "$root/$point" 2>/dev/null || true; done
}
trap clean_up EXIT

# A command inside, with nothing of this machine's environment.
inside() {
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TERM=dumb "${inside_environment[@]}" \
        chroot "$root" /bin/sh -c "cd '/root/a clone' && $1"
}
inside_environment=()

# The one apt-get line that command $1 prints where it cannot start.
wanted_line() {
    local said status=0
    said=$(inside "$1 2>&1") || status=$?
    printf '%s\n' "$said" >&2
    [ "$status" -eq 2 ] || fail "$1 ended with $status instead of 2"
    [ "$(grep -c 'apt-get install' <<<"$said")" -eq 1 ] || fail "$1 did not print one apt-get line"
    grep 'apt-get install' <<<"$said" | sed 's/^ *//'
}

say "a minimal $suite with python3 and ca-certificates in $root"
[ ! -e "$root" ] || fail "$root is there already"
debootstrap --variant=minbase --include=python3,ca-certificates "$suite" "$root" "${MIRROR:-http://deb.debian.org/debian}" >"$folder/debootstrap.log"
mount -t proc proc "$root/proc"
# Devices of its own, never this machine's /dev: whoever deletes the folder must not reach through it.
mount -t tmpfs tmpfs "$root/dev"
while read -r name minor; do mknod -m 666 "$root/dev/$name" c 1 "$minor"; done <<<$'null 3\nzero 5\nfull 7\nrandom 8\nurandom 9'
mknod -m 666 "$root/dev/tty" c 5 0
ln -s /proc/self/fd "$root/dev/fd"
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
mount -t tmpfs tmpfs "$root/dev/shm"
if [ -n "${CA_BUNDLE:-}" ]; then
    cp "$CA_BUNDLE" "$root/etc/ssl/certs/extra.crt"
    inside_environment+=(SSL_CERT_FILE=/etc/ssl/certs/extra.crt PIP_CERT=/etc/ssl/certs/extra.crt)
fi
[ -z "${PIP_CONF:-}" ] || cp "$PIP_CONF" "$root/etc/pip.conf"
git clone --quiet "$top" "$root/root/a clone"

say "python3 app and python3 tests, with neither venv nor libraries"
line=$(wanted_line "python3 app")
other=$(wanted_line "python3 tests")
[ "$line" = "$other" ] || fail "the two lines differ"
[ ! -e "$root/root/a clone/.venv" ] || fail "something was made before everything was there"

say "$line"
inside "DEBIAN_FRONTEND=noninteractive $line" >"$folder/apt.log" 2>&1 || fail "see $folder/apt.log"

say "python3 app, under Xvfb"
display=:$((90 + RANDOM % 900))
Xvfb "$display" -screen 0 1280x800x24 >"$folder/xvfb.log" 2>&1 &
started+=($!)
mkdir -p "$root/tmp/.X11-unix"
for _ in $(seq 50); do [ -S "/tmp/.X11-unix/X${display#:}" ] && break; sleep 0.1; done
mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"
plain=("${inside_environment[@]}")
inside_environment+=("DISPLAY=$display")
began=$SECONDS
inside "exec python3 app" >"$folder/app.log" 2>&1 &
window=$!
started+=("$window")
inside_environment=("${plain[@]}")
until DISPLAY=$display xdotool search --onlyvisible --name Antiphon >/dev/null 2>&1; do
    kill -0 "$window" 2>/dev/null || { cat "$folder/app.log"; fail "python3 app ended"; }
    [ $((SECONDS - began)) -lt 300 ] || { cat "$folder/app.log"; fail "no window after 300 s"; }
    sleep 0.2
done
cat "$folder/app.log"
say "the window is there, $((SECONDS - began)) s after the first start"
[ -z "${PICTURE:-}" ] || { sleep 2; import -display "$display" -window root "$PICTURE"; }
kill "$window"
wait "$window" || true

[ -z "${SKIP_TESTS:-}" ] || exit 0
say "python3 tests"
inside "python3 tests" 2>&1 | tee "$folder/tests.log" | tail -n 40
