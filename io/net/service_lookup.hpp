// Asks the system's name servers for a name's SRV records, by glibc's resolver and off the caller's
// thread. Any thread.
#pragma once

#include <boost/asio/ip/udp.hpp>
#include <chrono>
#include <future>
#include <optional>
#include <string>

#include "io/base/error.hpp"
#include "io/net/service_records.hpp"

namespace retort::io {

// In place of those of /etc/resolv.conf, for tests; IPv4.
using name_server = boost::asio::ip::udp::endpoint;

// How long an answer is waited for: a resolver that asks again by TCP has no bound of its own, and
// its thread is left to itself then.
inline constexpr std::chrono::seconds service_patience{10};

// The name is a whole one: no search list is put behind it. The answer's destruction waits for
// nobody. Errors begin with the name; errc::resolve, errc::protocol.
std::future<result<service_records>> look_up_service(const std::string& name,
                                                     std::optional<name_server> at = {});

// No answer within service_patience.
error unanswered(const std::string& name);

}  // namespace retort::io
