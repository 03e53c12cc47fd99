# Sourced by the scripts that start MinIO, as one server or as a cluster: what both have of it.
readonly name=minio version=v0.0.0-20260212201848-7aac2a2c5b7c
readonly program=$kCache/$name-$version/$name

install() {
    build_go_server github.com/minio/minio h1:/qdoYujxF5MBLDMVLeiYJ/7fBa1HikX39Dvzb9Ji8pA= .
}

# run_minio DIR PORT PLACE…: ends in exec, with the data in these places.
run_minio() {
    local folder=$1 port=$2
    shift 2
    export MINIO_ROOT_USER=$kAccessKey MINIO_ROOT_PASSWORD=$kSecretKey MINIO_SITE_REGION=us-east-1
    export MINIO_BROWSER=off MINIO_UPDATE=off
    # The certificates are there, or the folder is not.
    exec "$program" server --quiet --certs-dir "$folder/certs" --address "127.0.0.1:$port" "$@"
}

# It calls itself ready while it still answers calls with 503; one that is not signed is refused once it takes calls.
answers() { [[ $(ask -o /dev/null -w '%{http_code}' "$1/") == 403 ]]; }
