// The one translation unit that compiles Asio's TLS; Asio's own is runtime/asio.cpp.
#include <boost/asio/ssl/impl/src.hpp>
