// The SRV records of a DNS answer (RFC 2782): where a service is. Pure; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/base/error.hpp"

namespace retort::io {

struct service_place {
  std::string host;  // in small letters, without the dot at its end
  std::uint16_t port = 0;

  auto operator<=>(const service_place&) const = default;
};

struct service_records {
  std::vector<service_place> places;  // each once, sorted: servers turn their answers about
  std::chrono::seconds lifetime{0};   // of the record that lives shortest
};

// Those of the lowest priority number; weights are not looked at. A record that leads nowhere (port
// 0, the target ".", what is no host's name) is passed over. errc::resolve, with `name` in front,
// where that leaves none; errc::protocol where the bytes are no answer, or not all of one.
result<service_records> read_service_records(std::span<const unsigned char> answer,
                                             std::string_view name);

// Labels of letters, digits, "-" and "_", with dots between.
bool is_service_name(std::string_view text);

}  // namespace retort::io
