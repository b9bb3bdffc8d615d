module io.fairlead/pod

go 1.25
