#include "tools/embedded_mocks.hpp"

#include <fmt/format.h>

namespace retort::tools {
namespace {

result<void> start_mock(const engine::config& config, std::size_t i, embedded_mocks& mocks) {
  auto options = mock::parse_options(config.models[i].mock);
  if (!options) return options.error();
  auto server = mock::server::start(*options);
  if (!server) return server.error();
  mocks.providers[i] = {(*server)->base_url(), (*server)->ca_pem()};
  mocks.servers.push_back(std::move(*server));
  return {};
}

}  // namespace

result<embedded_mocks> start_mocks(const engine::config& config) {
  embedded_mocks mocks;
  for (std::size_t i = 0; i < config.models.size(); ++i) {
    if (config.models[i].provider != "mock") continue;
    auto started = start_mock(config, i, mocks);
    if (!started) {
      return error{errc::usage, fmt::format("models[{}].mock: {}", i, started.error().message)};
    }
  }
  return mocks;
}

}  // namespace retort::tools
