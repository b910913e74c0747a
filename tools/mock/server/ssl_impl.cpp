// The one translation unit that compiles asio::ssl. Only the mock uses it: retort's own client
// speaks to OpenSSL directly, so that a fault of the one is not hidden by the same fault in the
// other.
#include <boost/asio/ssl/impl/src.hpp>
