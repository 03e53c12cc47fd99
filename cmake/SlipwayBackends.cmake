# The backends that a build can do without: what they need is not looked for then, and asking such a program for one is refused at
# its start (src/daemon/built_in.cpp). Each is a library that is left out, a file of the daemon that opens it, and another that
# takes its place: X.cpp and X_absent.cpp.
option(SLIPWAY_MARIADB "Records in MariaDB" ON)
option(SLIPWAY_S3 "Files in S3 stores" ON)
option(SLIPWAY_CONSUL "Servers that make themselves known in Consul" ON)
option(SLIPWAY_REDIS "Redis in front of MariaDB" ON)
option(SLIPWAY_KAFKA "Events and announcements of tasks for Kafka" ON)

# slipway_choose_source(VARIABLE BACKEND SOURCE ABSENT): SOURCE, or what takes its place where the backend is left out.
function(slipway_choose_source variable backend source absent)
    if(${backend})
        set(${variable} "${source}" PARENT_SCOPE)
    else()
        set(${variable} "${absent}" PARENT_SCOPE)
    endif()
endfunction()
