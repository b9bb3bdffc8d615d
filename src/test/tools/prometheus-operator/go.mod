module fairlead.io/tools/prometheus-operator

go 1.24.0

// Nothing is built of it: the launcher takes the files that the file "files" names.
require github.com/prometheus-operator/prometheus-operator v0.85.0
