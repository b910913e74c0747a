// A tunnel through a proxy (CONNECT, RFC 9110 section 9.3.6). One thread.
#pragma once

#include "io/awaitable.hpp"
#include "io/error.hpp"
#include "io/stream.hpp"
#include "io/url.hpp"

namespace retort::io {

// Has the proxy at the other end of `through` connect it to `target`. The userinfo of `proxy` goes
// with the request (Basic, RFC 7617). errc::connect.
awaitable<result<void>> open_tunnel(stream* through, const url* target, const url* proxy);

}  // namespace retort::io
