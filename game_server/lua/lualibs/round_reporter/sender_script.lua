-- The shell script that carries reports away. It is written into the reporter's folder at load and runs detached, so
-- that no frame of the game ever waits for the network. POSIX sh; the token is only ever in 0600 files and in
-- built-in commands, never among the arguments of a process. A full disk must not keep it from emptying the spool.
return [==[
# usage: sender.sh upload DIR TARGET NAME SPOOLED | sweep DIR SPOOLED TARGET... | hello DIR TARGET
set -u
umask 077
trap '' HUP
LC_ALL=C PATH=${PATH-}:/usr/local/bin:/usr/bin:/bin
export LC_ALL PATH
YOUNG=35 LIMIT=55 STALE=120 GONE=600 PATIENCE=5 LONGEST_WAIT=3600 FALLBACK_WAIT=60

now() {
    date +%s
}

# Seconds since a file was changed; negative when the clock has been set back.
age() {
    changed=$(stat -c %Y "$1" 2>/dev/null) || return 1
    echo $(($(now) - changed))
}

# Sets $url and writes the header file of a target; fails when it cannot be sent to. $held: the handshake alone may go.
prepare() {
    url='' token_file='' held='' token=''
    { IFS= read -r url; IFS= read -r token_file; IFS= read -r held; } 2>/dev/null <"$1/targets/$2"
    [ -n "$url" ] || return 1
    { IFS= read -r token <"$token_file"; } 2>/dev/null || [ -n "$token" ] || return 1
    token=$(printf %s "$token" | tr -d '[:space:]')
    case $token in '' | *[!A-Za-z0-9._~+/=-]*) return 1 ;; esac
    header="header = \"Authorization: Bearer $token\""
    [ "$(cat "$1/auth-$2" 2>/dev/null)" = "$header" ] && return 0
    printf '%s\n' "$header" >"$1/tmp/auth-$2.$$" && mv -f "$1/tmp/auth-$2.$$" "$1/auth-$2"
}

# Sends one file; sets $code to the HTTP status, 000 when there was no answer, gone when another sender has seen to the
# file meanwhile. Uploaded, as curl posts an empty body for data in a file that it cannot open.
post() {
    answer=$1/tmp/answer-$2.$$ headers=$1/tmp/headers-$2.$$
    : >"$answer"; : >"$headers"
    code=$(curl -q -s -g -K "$1/auth-$2" --connect-timeout 5 --max-time 30 -H 'Content-Type: application/json' \
        -H 'Expect:' -X POST -T "$3" -o "$answer" -D "$headers" -w '%{http_code}' "$url/v1/$4" </dev/null 2>/dev/null)
    case $code in [1-9][0-9][0-9]) ;; *) code=000; [ -e "$3" ] || code=gone ;; esac
}

# Retry-After in seconds or as a date; what cannot be read is a minute.
note_wait() {
    after=$(awk 'tolower($1) == "retry-after:" { sub(/^[^:]*:[ \t]*/, ""); sub(/[ \t\r]+$/, ""); last = $0 }
        END { if (last ~ /^[0-9]+$/) last = last + 0 > 3600 ? 3600 : last + 0; print last }' "$headers" 2>/dev/null)
    case $after in
    '') return 0 ;;
    *[!0-9]*) until=$(date -d "$after" +%s 2>/dev/null) || until=$(($(now) + FALLBACK_WAIT)) ;;
    *) until=$(($(now) + after)) ;;
    esac
    latest=$(($(now) + LONGEST_WAIT))
    [ "$until" -le $latest ] || until=$latest
    echo "$until" >"$1/tmp/wait-$2.$$" && mv -f "$1/tmp/wait-$2.$$" "$1/wait-$2"
}

# Never longer than we would have agreed to: the clock may have been set back since.
must_wait() {
    until=''
    { read -r until <"$1/wait-$2"; } 2>/dev/null
    case $until in '' | *[!0-9]*) return 1 ;; esac
    left=$((until - $(now)))
    [ $left -gt 0 ] && [ $left -le $LONGEST_WAIT ]
}

# What becomes of one spooled file: gone after 2xx, refused/ with the answer, or it stays.
deliver() {
    path=$1/spool/$2/$3
    post "$1" "$2" "$path" rounds
    case $code in
    2??) rm -f "$path" ;;
    400 | 409 | 413 | 415 | 422)
        mkdir -p "$1/refused/$2"
        { cat "$headers"; head -c 65536 "$answer"; } >"$1/refused/$2/$3.answer" 2>/dev/null
        mv -f "$path" "$1/refused/$2/$3" ;;
    *) note_wait "$1" "$2" ;;
    esac
}

note_status() {
    printf '%s %s\n' "$3" "$code" >"$1/tmp/last-$2.$$" && mv -f "$1/tmp/last-$2.$$" "$1/last-$2"
}

# Files, bytes and oldest time of each spool, as a sender sees them that was started when $2 reports had been spooled; an
# older sender does not overwrite.
count() {
    for folder in "$1"/spool/*/; do
        folder=${folder%/}
        find "$folder" -type f -name '*.json' -exec stat -c '%s %Y' {} + 2>/dev/null |
            awk -v target="${folder##*/}" '{ files++; bytes += $1; if (!oldest || $2 < oldest) oldest = $2 }
                END { printf "%s=%.0f %.0f %.0f\n", target, files, bytes, oldest }'
    done >"$1/tmp/count.$$"
    refused=$(find "$1/refused" -type f -name '*.json' 2>/dev/null | wc -l)
    known=$(sed -n 's/^:seen=//p' "$1/count" 2>/dev/null)
    case $known in '' | *[!0-9]*) known=0 ;; esac
    if [ "$2" -ge "$known" ] && printf ':refused=%d\n:seen=%s\n' "$refused" "$2" >>"$1/tmp/count.$$"; then
        mv -f "$1/tmp/count.$$" "$1/count"
    else
        rm -f "$1/tmp/count.$$"
    fi
}

# A folder, or a file where the full disk has no room for a folder. One that is older than any sweep is taken over, by
# one of those who find it.
lock() {
    mkdir "$1/sweep.lock" 2>/dev/null || (set -C; : >"$1/sweep.lock") 2>/dev/null && return 0
    changed=$(stat -c %Y "$1/sweep.lock" 2>/dev/null) || return 1
    old=$(($(now) - changed))
    [ $old -ge 0 ] || touch -c "$1/sweep.lock"
    [ $old -gt $STALE ] || return 1
    (set -C; : >"$1/tmp/took-lock-$changed-$((old / STALE))") 2>/dev/null && touch -c "$1/sweep.lock"
}

unlock() {
    rmdir "$1/sweep.lock" 2>/dev/null || rm -f "$1/sweep.lock"
}

# Oldest first, by name. A service that cannot be reached or will not have us ends it. So do some failures in a row: then
# the next sweep tries the oldest, and if that fails again goes on behind the last one tried.
sweep_target() {
    failures=0 has_failed='' resume=''
    { read -r resume <"$1/resume-$2"; } 2>/dev/null
    for file in "$1/spool/$2"/*.json; do
        name=${file##*/}
        [ -e "$file" ] || continue
        [ -n "$has_failed" ] && ! [ "$name" \> "$resume" ] && continue
        [ "$file" -nt "$1/tmp/young.$$" ] && ! [ "$file" -nt "$1/tmp/future.$$" ] && continue
        [ $(($(now) - began)) -lt $LIMIT ] || { code=late; break; }
        deliver "$1" "$2" "$name"
        case $code in
        gone | 2?? | 400 | 409 | 413 | 415 | 422) failures=0 ;;
        000 | 401 | 403 | 404 | 429 | 503) break ;;
        *) has_failed=1 failures=$((failures + 1)); [ $failures -lt $PATIENCE ] || break ;;
        esac
        code=''
    done
    case $code in
    '') rm -f "$1/resume-$2" ;;
    late) ;;
    *) note_status "$1" "$2" "$name"; [ $failures -lt $PATIENCE ] || echo "$name" >"$1/resume-$2" ;;
    esac
    rm -f "$1/tmp/answer-$2.$$" "$1/tmp/headers-$2.$$"
}

# All targets side by side, so that one that hangs takes no time from the others. $2: those in the settings, if known.
sweep() {
    lock "$1" || return 0
    touch -d "@$(($(now) - YOUNG))" "$1/tmp/young.$$"
    touch -d "@$(($(now) + YOUNG))" "$1/tmp/future.$$"
    for known in "$1"/targets/*; do
        target=${known##*/} code=''
        ! must_wait "$1" "$target" && prepare "$1" "$target" && [ -z "$held" ] && sweep_target "$1" "$target" &
    done
    wait
    rm -f "$1/tmp/young.$$" "$1/tmp/future.$$"
    find "$1/tmp" ! -type d '(' ! -name '*.json' -o -empty ')' -mtime +1 -exec rm -f {} + 2>/dev/null
    unlock "$1"
}

# A neighbour whose server is gone or has moved to another port: its reports still leave.
sweep_neighbours() {
    for other in "${1%/*}"/*/; do
        other=${other%/}
        [ "$other" != "$1" ] && old=$(age "$other/state" || age "$other/spool") || continue
        [ "$old" -gt $GONE ] || [ "$old" -lt -$GONE ] || continue
        for file in "$other"/spool/*/*.json; do
            [ -e "$file" ] && [ $(($(now) - began)) -lt $LIMIT ] && sweep "$other"
            break
        done
    done
}

# A target that is no longer in the settings gets nothing more.
forget_targets() (
    cd "$dir" || exit
    for known in targets/* auth-*; do
        target=${known#auth-}
        case " $* " in *" ${target#targets/} "*) ;; *) rm -f "$known" ;; esac
    done
)

dir=$2 code=000 answer='' headers=''
began=$(now)
case $1 in
upload)
    must_wait "$dir" "$3" || ! prepare "$dir" "$3" || {
        deliver "$dir" "$3" "$4"
        [ "$code" = gone ] || note_status "$dir" "$3" "$4"
    }
    rm -f "$answer" "$headers"
    count "$dir" "$5" ;;
sweep)
    spooled=$3
    shift 3
    [ -z "${BASH_VERSION-}" ] || (nice "$BASH" "$dir/bell.sh" "$dir" &) # nice: whoever is woken must not take the frame's turn
    forget_targets "$@"
    sweep "$dir"
    sweep_neighbours "$dir"
    count "$dir" "$spooled" ;;
hello)
    prepare "$dir" "$3" && post "$dir" "$3" "$dir/tmp/hello.json" hello
    rm -f "$answer" "$headers"
    echo "$code" >"$dir/tmp/hello-$3.$$" && mv -f "$dir/tmp/hello-$3.$$" "$dir/hello-$3" ;;
esac
exit 0
]==]
