# consul-template -config slipway.hcl: keeps the servers of nginx and of Envoy current from Consul. Leave out the one that is not there.
# SLIPWAY_SERVICE in its environment names another service than "slipway".
consul {
  address = "127.0.0.1:8500"
}

# Many servers that come at once make one reload.
wait {
  min = "500ms"
  max = "5s"
}

template {
  source      = "/etc/slipway/slipway-upstream.conf.ctmpl"
  destination = "/etc/nginx/conf.d/slipway-upstream.conf"
  command     = "nginx -t -q && nginx -s reload"
}

template {
  source      = "/etc/slipway/slipway-endpoints.yaml.ctmpl"
  destination = "/etc/envoy/slipway/endpoints.yaml"
}
