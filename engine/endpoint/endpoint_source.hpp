// Where the endpoints of a model entry stand when they may change while a run goes on: in a file
// (models[].endpoints.file), or in a name's SRV records (models[].endpoints.srv). One thread: the
// engine's.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/config/config.hpp"
#include "io/base/error.hpp"
#include "io/base/interrupt.hpp"
#include "io/net/service_lookup.hpp"

namespace retort::engine {

class endpoint_source {
 public:
  using urls = std::vector<std::string>;

  endpoint_source() = default;
  virtual ~endpoint_source() = default;
  endpoint_source(const endpoint_source&) = delete;
  endpoint_source& operator=(const endpoint_source&) = delete;

  // What it is called in messages.
  virtual const std::string& name() const = 0;
  // Does not block. Nothing while there is no news; the error begins with the name.
  virtual std::optional<result<urls>> look() = 0;
};

// Null where the entry's endpoints stand in the config. `at`: io/net/service_lookup.hpp.
std::unique_ptr<endpoint_source> source_of(const model_config& model,
                                           std::optional<io::name_server> at);

// The first look-up of all entries with endpoints.srv, whose endpoints the answers become: asked
// at once, waited for at most io::service_patience. errc::usage, with the entry's place;
// errc::cancelled where `stop` was raised meanwhile.
result<void> find_services(config& of, std::optional<io::name_server> at = {},
                           const io::interrupt* stop = nullptr);

}  // namespace retort::engine
