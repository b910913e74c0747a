#include "engine/endpoint/endpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "engine/endpoint/secret.hpp"
#include "providers/dialects/registry.hpp"

namespace retort::engine {
namespace {

// How many connections there will be, about, where nobody said.
constexpr std::size_t usual_connections = 256;

result<std::string> read_key(const endpoint_config& from, const io::environment& environment,
                             const io::interrupt* stop) {
  return read_secret({from.api_key_env, from.api_key_file, "api_key_env", "api_key_file"},
                     environment, stop);
}

result<io::http_endpoint> address(const endpoint_config& of, const embedded_provider* mock,
                                  const io::environment& environment) {
  io::http_endpoint to;
  auto base = io::parse_url(mock ? mock->base_url : of.base_url);
  if (!base) return error{errc::usage, "base_url " + base.error().message};
  to.base = std::move(*base);
  auto proxy = io::find_proxy(to.base, environment);
  if (!proxy) return proxy.error();
  to.proxy = std::move(*proxy);
  to.trusted.ca_file = of.ca_file;
  if (mock) to.trusted.ca_pem = mock->ca_pem;
  return to;
}

// The embedded mock passes over what it does not know: a rehearsal may have any sampling.
result<void> check_sampling(const config& run, const model_entry& of, std::size_t number) {
  const auto* dialect = providers::find_dialect(of.model->provider);
  if (!dialect) return {};
  if (of.sampling) return dialect->check(of.model->model, *of.sampling);
  for (std::uint32_t step = 0; step <= last_step(run); ++step) {
    const config& asked = step_of(run, step);
    const bool asks = number >= asked.models_at && number < asked.models_at + asked.models.size();
    for (std::uint32_t i = 0; asks && i < combinations_of(asked); ++i) {
      auto checked = dialect->check(of.model->model, sampling_of(asked, i));
      if (!checked) return checked;
    }
  }
  return {};
}

result<std::unique_ptr<endpoint>> make_endpoint(const model_config& model,
                                                const endpoint_config& one,
                                                const embedded_provider* mock, std::string key,
                                                io::executor on,
                                                const io::environment& environment) {
  const auto* dialect = providers::find_dialect(api_of(model));
  if (!dialect) return error{errc::usage, fmt::format("unknown provider {}", model.provider)};
  auto to = address(one, mock, environment);
  if (!to) return to.error();
  to->target = dialect->target(model.model, delivery_of(model));
  if (to->base.path.ends_with(to->target)) {
    return error{errc::usage, fmt::format("base_url ends with {}, which is put behind it; expected "
                                          "it without that",
                                          to->target)};
  }
  to->content_type = "application/json";
  to->headers = dialect->headers(key);
  for (const auto& [name, value] : model.headers) {
    to->headers += fmt::format("{}: {}\r\n", name, value);
  }
  to->connections = one.limits.concurrency.value_or(usual_connections);
  to->streams = model.stream;
  auto client = io::http_client::make(on, std::move(*to));
  if (!client) return client.error();
  return std::make_unique<endpoint>(model, one, dialect, std::move(key), std::move(*client));
}

result<std::unique_ptr<endpoint>> make_endpoint(const model_config& model,
                                                const endpoint_config& one,
                                                const embedded_provider* mock, io::executor on,
                                                const io::environment& environment,
                                                const io::interrupt* stop) {
  auto key = read_key(one, environment, stop);
  if (!key) return key.error();
  return make_endpoint(model, one, mock, std::move(*key), on, environment);
}

// How messages call an endpoint of a model entry.
std::string place_of(const model_entry& of, std::size_t one) {
  return of.model->endpoints.empty() ? of.place : fmt::format("{}.endpoints[{}]", of.place, one);
}

}  // namespace

std::string endpoint::without_key(std::string text) const {
  return mask.without_keys(std::move(text));
}

key_mask keys_of(const std::vector<std::unique_ptr<endpoint>>& endpoints) {
  std::vector<std::string> keys;
  for (const auto& one : endpoints) {
    if (std::ranges::find(keys, one->key) == keys.end()) keys.push_back(one->key);
  }
  return key_mask(keys);
}

// A file of keys that is no file may keep who reads it waiting.
key_mask known_keys(const config& run, const io::environment& environment) {
  std::vector<std::string> keys;
  for (const model_entry& entry : model_entries(run)) {
    for (const auto& one : endpoints_of(*entry.model)) {
      std::error_code none;
      const bool is_file = std::filesystem::is_regular_file(one.api_key_file, none);
      if (one.api_key_env.empty() && !is_file) continue;
      if (auto key = read_key(one, environment, nullptr)) keys.push_back(std::move(*key));
    }
  }
  return key_mask(keys);
}

result<std::vector<std::unique_ptr<endpoint>>> make_endpoints(
    const config& run, const std::map<std::size_t, embedded_provider>& embedded, io::executor on,
    const io::environment& environment, const io::interrupt* stop) {
  std::vector<std::unique_ptr<endpoint>> made;
  const auto entries = model_entries(run);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const model_entry& entry = entries[i];
    const auto mock = embedded.find(i);
    const auto places = endpoints_of(*entry.model);
    const auto checked = check_sampling(run, entry, i);
    if (!checked) {
      return error{checked.error().code, entry.place + ": " + checked.error().message};
    }
    for (std::size_t j = 0; j < places.size(); ++j) {
      auto one =
          make_endpoint(*entry.model, places[j], mock == embedded.end() ? nullptr : &mock->second,
                        on, environment, stop);
      if (!one) return error{one.error().code, place_of(entry, j) + ": " + one.error().message};
      made.push_back(std::move(*one));
    }
  }
  return made;
}

result<std::unique_ptr<endpoint>> make_endpoint_beside(const endpoint& like,
                                                       const endpoint_config& at, io::executor on,
                                                       const io::environment& environment) {
  return make_endpoint(*like.model, at, nullptr, like.key, on, environment);
}

std::vector<std::string> warn_of_shared_keys(
    const config& run, const std::vector<std::unique_ptr<endpoint>>& endpoints) {
  std::vector<std::string> warnings;
  std::map<std::pair<std::string_view, std::string_view>, std::string> first_place;
  std::size_t at = 0;
  for (const model_entry& entry : model_entries(run)) {
    const auto places = endpoints_of(*entry.model);
    for (std::size_t j = 0; j < places.size(); ++j, ++at) {
      if (endpoints[at]->key.empty() || !places[j].limits.states_quota()) continue;
      const std::pair<std::string_view, std::string_view> counted{endpoints[at]->key,
                                                                  entry.model->model};
      const auto [known, is_first] = first_place.emplace(counted, place_of(entry, j));
      if (is_first) continue;
      warnings.push_back(fmt::format(
          "{} and {} have the same key and limits of their own: where the provider counts by key, "
          "split its limits between them",
          known->second, place_of(entry, j)));
    }
  }
  return warnings;
}

}  // namespace retort::engine
