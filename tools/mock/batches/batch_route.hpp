// What a request to one of the batch APIs is about. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace retort::mock {

struct batch_reply {
  int status = 200;
  std::string body;
};

// A path's end: "/v1/batches/batch_1/cancel" is about the id "batch_1", with the verb "cancel".
struct batch_route {
  enum class collection { files, batches, message_batches };

  collection about = collection::files;
  std::string_view prefix;    // "/v1"
  std::string_view id, verb;  // "" when there is none
};

// Nothing when the path belongs to none of the batch APIs.
std::optional<batch_route> route_of(std::string_view target);

// A parameter of the target's query, as it stands there; "" when it is not there.
std::string_view query_value(std::string_view target, std::string_view name);
// The parameter `limit`; `otherwise` when it is not there, nothing when it is not in [1, most].
std::optional<std::uint64_t> query_limit(std::string_view target, std::uint64_t otherwise,
                                         std::uint64_t most);

}  // namespace retort::mock
