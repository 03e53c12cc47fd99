// The one translation unit that compiles Boost.MySQL itself.
#include <boost/mysql/src.hpp>
