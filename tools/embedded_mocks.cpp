#include "tools/embedded_mocks.hpp"

#include <fmt/format.h>

namespace retort::tools {
namespace {

result<void> start_mock(const engine::model_config& model, std::size_t i, embedded_mocks& mocks) {
  auto options = mock::parse_options(model.mock);
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
  const auto entries = engine::model_entries(config);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].model->provider != "mock") continue;
    auto started = start_mock(*entries[i].model, i, mocks);
    if (!started) {
      return error{errc::usage,
                   fmt::format("{}.mock: {}", entries[i].place, started.error().message)};
    }
  }
  return mocks;
}

}  // namespace retort::tools
