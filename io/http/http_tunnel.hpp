// A tunnel through a proxy (CONNECT, RFC 9110 section 9.3.6). One thread.
#pragma once

#include "io/base/awaitable.hpp"
#include "io/base/error.hpp"
#include "io/base/url.hpp"
#include "io/net/stream.hpp"

namespace retort::io {

// Has the proxy at the other end of `through` connect it to `target`. The userinfo of `proxy` goes
// with the request (Basic, RFC 7617). errc::connect; errc::proxy of a 407 or 403.
awaitable<result<void>> open_tunnel(stream* through, const url* target, const url* proxy);

}  // namespace retort::io
