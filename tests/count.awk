# Reads an xUnit v2+ XML report and prints "passed failed skipped"; appends "test<TAB>reason" to the file `skipped`.
# The exit code is 1 if the report has no assembly or does not end.
BEGIN { RS = "<" }

function attribute(name,    at, rest) {
    at = index($0, " " name "=\"")
    if (!at) return ""
    rest = substr($0, at + length(name) + 3)
    return substr(rest, 1, index(rest, "\"") - 1)
}

function plain(text) {
    gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&quot;/, "\"", text); gsub(/&apos;/, "'", text)
    gsub(/&#xA;|&#xD;|\n|\t/, " ", text); gsub(/&amp;/, "\\&", text)
    return text
}

function found(why) {
    print plain(test) "\t" plain(why) >> skipped
    test = ""
}

# Text may have '<' in it, which ends a record: it goes on in the next, and means no element.
literal { text = text "<" $0 }
!literal && /^!\[CDATA\[/ { text = substr($0, 9); literal = 1 }
literal {
    if (index(text, "]]>")) {
        literal = 0
        if (test != "") found(substr(text, 1, index(text, "]]>") - 1))
    }
    next
}

/^assembly / {
    assemblies++
    passed += attribute("passed"); failed += attribute("failed") + attribute("errors"); skips += attribute("skipped")
}
/^test / { test = attribute("result") == "Skip" ? attribute("name") : "" }
test != "" && /^reason>[^ \n]/ { found(substr($0, 8)) }
test != "" && /^\/test>/ { found("(no reason given)") }
/^\/assemblies>/ { whole = 1 }

END {
    if (!assemblies || !whole) exit 1
    print passed + 0, failed + 0, skips + 0
}
