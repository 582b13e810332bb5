-- The shell script that carries reports away. It is written into the reporter's folder at load and runs detached, so
-- that no frame of the game ever waits for the network. POSIX sh; the token is only ever in 0600 files and in
-- built-in commands, never among the arguments of a process.
return [==[
# usage: sender.sh upload DIR TARGET NAME COUNT | sweep DIR COUNT | hello DIR TARGET
set -u
umask 077
trap '' HUP
dir=$2
YOUNG=35 LIMIT=55 STALE=120 GONE=600 PATIENCE=5

age() {
    changed=$(stat -c %Y "$1" 2>/dev/null || stat -f %m "$1" 2>/dev/null) || return 1
    echo $(($(date +%s) - changed))
}

# Sets $url and writes the header file of a target; fails when it cannot be sent to.
prepare() {
    url='' token_file='' token=''
    { IFS= read -r url; IFS= read -r token_file; } 2>/dev/null <"$1/targets/$2" || return 1
    IFS= read -r token 2>/dev/null <"$token_file" || [ -n "$token" ] || return 1
    token=$(printf %s "$token" | tr -d '[:space:]')
    case $token in '' | *[!A-Za-z0-9._~+/=-]*) return 1 ;; esac
    printf 'header = "Authorization: Bearer %s"\n' "$token" >"$1/tmp/auth-$2.$$" && mv -f "$1/tmp/auth-$2.$$" "$1/auth-$2"
}

# Sends one file; sets $code to the HTTP status, 000 when there was no answer.
post() {
    code=$(curl -q -s -g -K "$1/auth-$2" --connect-timeout 5 --max-time 30 -H 'Content-Type: application/json' \
        -H 'Expect:' --data-binary "@$3" -o "$answer" -D "$headers" -w '%{http_code}' "$url/v1/$4" </dev/null 2>/dev/null)
    case $code in [1-9][0-9][0-9]) ;; *) code=000 ;; esac
}

note_wait() {
    seconds=$(awk 'tolower($1) == "retry-after:" { gsub(/[^0-9]/, "", $2); print $2 }' "$headers" 2>/dev/null | tail -n 1)
    grep -qi '^retry-after:' "$headers" 2>/dev/null || return 0
    case $seconds in '' | *[!0-9]* | ??????*) seconds=60 ;; esac
    [ "$seconds" -le 3600 ] || seconds=3600
    echo $(($(date +%s) + seconds)) >"$1/tmp/wait.$$" && mv -f "$1/tmp/wait.$$" "$1/wait-$2"
}

must_wait() {
    until=0
    read -r until 2>/dev/null <"$1/wait-$2" || return 1
    [ "$(date +%s)" -lt "$until" ]
}

# What becomes of one spooled file: gone after 2xx, refused/ with the answer, or it stays.
deliver() {
    path=$1/spool/$2/$3
    : >"$answer"; : >"$headers"
    post "$1" "$2" "$path" rounds
    case $code in
    2??) rm -f "$path" ;;
    400 | 409 | 413 | 415 | 422)
        mkdir -p "$1/refused/$2"
        { cat "$headers"; head -c 65536 "$answer"; } >"$1/refused/$2/$3.answer" && mv -f "$path" "$1/refused/$2/$3" ;;
    *) note_wait "$1" "$2" ;;
    esac
    printf '%s %s\n' "$3" "$code" >"$1/tmp/last.$$" && mv -f "$1/tmp/last.$$" "$1/last-$2"
}

# What is left, as a sender sees it that was started when $2 reports had been spooled; an older sender does not overwrite.
count() {
    oldest=''
    for file in "$1"/spool/*/*.json; do
        [ -e "$file" ] && oldest=$(stat -c %Y "$file" 2>/dev/null || stat -f %m "$file" 2>/dev/null)
        break
    done
    refused=$(find "$1/refused" -type f -name '*.json' 2>/dev/null | wc -l)
    find "$1/spool" -type f -name '*.json' -exec ls -ln {} + 2>/dev/null |
        awk -v oldest="$oldest" -v refused="$refused" -v seen="$2" '{ files++; bytes += $5 }
            END { printf "files=%d\nbytes=%d\noldest=%d\nrefused=%d\nseen=%d\n", files, bytes, oldest, refused, seen }' \
        >"$1/tmp/count.$$"
    known=$(sed -n 's/^seen=//p' "$1/count" 2>/dev/null)
    case $known in '' | *[!0-9]*) known=0 ;; esac
    if [ "$2" -ge "$known" ]; then mv -f "$1/tmp/count.$$" "$1/count"; else rm -f "$1/tmp/count.$$"; fi
}

lock() {
    mkdir "$1/sweep.lock" 2>/dev/null && return 0
    old=$(age "$1/sweep.lock") || return 1
    [ "$old" -gt $STALE ] || return 1
    mv "$1/sweep.lock" "$1/tmp/lock.$$" 2>/dev/null && rm -rf "$1/tmp/lock.$$"
    mkdir "$1/sweep.lock" 2>/dev/null
}

# Oldest first, by name. A service that cannot be reached or will not have us ends it; a single poisoned file does not.
sweep_target() {
    failures=0
    for file in "$1/spool/$2"/*.json; do
        [ -e "$file" ] || continue
        [ $(($(date +%s) - began)) -lt $LIMIT ] || return 0
        old=$(age "$file") || continue
        [ "$old" -ge $YOUNG ] || continue
        deliver "$1" "$2" "${file##*/}"
        case $code in
        2?? | 400 | 409 | 413 | 415 | 422) failures=0 ;;
        000 | 401 | 403 | 404 | 429 | 503) return 0 ;;
        *) failures=$((failures + 1)); [ $failures -lt $PATIENCE ] || return 0 ;;
        esac
    done
}

sweep() {
    lock "$1" || return 0
    for folder in "$1"/spool/*/; do
        target=${folder%/}; target=${target##*/}
        [ -d "$folder" ] && ! must_wait "$1" "$target" && prepare "$1" "$target" && sweep_target "$1" "$target"
    done
    find "$1/tmp" -type f -mtime +1 -exec rm -f {} + 2>/dev/null
    rmdir "$1/sweep.lock"
}

# A neighbour whose server is gone or has moved to another port: its reports still leave.
sweep_neighbours() {
    for other in "${1%/*}"/*/; do
        other=${other%/}
        [ "$other" != "$1" ] && old=$(age "$other/state") && [ "$old" -gt $GONE ] || continue
        for file in "$other"/spool/*/*.json; do
            [ -e "$file" ] && [ $(($(date +%s) - began)) -lt $LIMIT ] && sweep "$other"
            break
        done
    done
}

main() {
    began=$(date +%s) answer=$dir/tmp/answer.$$ headers=$dir/tmp/headers.$$
    trap 'rm -f "$answer" "$headers"' EXIT
    case $1 in
    upload)
        must_wait "$dir" "$3" || { prepare "$dir" "$3" && deliver "$dir" "$3" "$4"; }
        count "$dir" "$5" ;;
    sweep)
        sweep "$dir"
        sweep_neighbours "$dir"
        count "$dir" "$3" ;;
    hello)
        code=000
        prepare "$dir" "$3" && post "$dir" "$3" "$dir/tmp/hello.json" hello
        echo "$code" >"$dir/tmp/hello.$$" && mv -f "$dir/tmp/hello.$$" "$dir/hello-$3" ;;
    esac
    exit 0
}
main "$@"
]==]
