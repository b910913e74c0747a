// The mock providers that a config embeds (provider: mock), alive as long as this is. One thread.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/endpoint/endpoint.hpp"
#include "io/base/error.hpp"
#include "tools/mock/server/server.hpp"

namespace retort::tools {

struct embedded_mocks {
  std::vector<std::unique_ptr<mock::server>> servers;
  std::map<std::size_t, engine::embedded_provider> providers;  // by index of the model entry
};

// errc::usage names the entry and the option.
result<embedded_mocks> start_mocks(const engine::config& config);

}  // namespace retort::tools
