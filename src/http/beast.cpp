// The one translation unit that compiles Beast itself; Asio's is runtime/asio.cpp.
#include <boost/beast/src.hpp>
