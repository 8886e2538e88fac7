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

/^assembly / {
    assemblies++
    passed += attribute("passed"); failed += attribute("failed") + attribute("errors"); skips += attribute("skipped")
}
/^test / { test = attribute("result") == "Skip" ? attribute("name") : "" }
test != "" && /^!\[CDATA\[/ { print plain(test) "\t" plain(substr($0, 9, index($0, "]]>") - 9)) >> skipped; test = "" }
test != "" && /^reason>[^ \n]/ { print plain(test) "\t" plain(substr($0, 8)) >> skipped; test = "" }
test != "" && /^\/test>/ { print plain(test) "\t(no reason given)" >> skipped; test = "" }
/^\/assemblies>/ { whole = 1 }

END {
    if (!assemblies || !whole) exit 1
    print passed + 0, failed + 0, skips + 0
}
