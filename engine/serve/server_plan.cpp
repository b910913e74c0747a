#include "engine/serve/server_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <tuple>

#include "engine/endpoint/secret.hpp"
#include "engine/serve/free_ports.hpp"
#include "engine/serve/gpu_share.hpp"
#include "io/process/program.hpp"

namespace retort::engine {
namespace {

constexpr std::string_view gpu_variable = "CUDA_VISIBLE_DEVICES";
constexpr std::string_view hole = "{port}";
constexpr std::string_view host = "http://127.0.0.1";

std::optional<std::string_view> value_of(const io::environment& environment, const char* name) {
  const char* const value = environment(name);
  return value ? std::optional<std::string_view>(value) : std::nullopt;
}

std::string with_port(std::string text, std::uint16_t port) {
  const std::string number = std::to_string(port);
  for (std::size_t at = 0; (at = text.find(hole, at)) != std::string::npos; at += number.size()) {
    text.replace(at, hole.size(), number);
  }
  return text;
}

// All servers of an entry, without ports.
result<void> plan_entry(const model_entry& of, std::size_t entry, bool is_none_known,
                        std::vector<std::string>& gpus, std::vector<planned_server>& out) {
  auto dealt = deal_gpus(*of.model->serve, is_none_known, gpus);
  if (!dealt) return error{errc::usage, of.place + ": " + dealt.error().message};
  for (std::size_t i = 0; i < dealt->size(); ++i) {
    planned_server one;
    one.entries = {entry};
    one.replica = i;
    one.place = of.place + ".serve";
    one.ready = of.model->serve->ready;
    one.gpus = (*dealt)[i];
    one.log = fmt::format("server-{}.log", out.size());
    one.startup_s = of.model->startup_s;
    out.push_back(std::move(one));
  }
  return {};
}

bool is_same(const serve_config& a, const serve_config& b) {
  return std::tie(a.command, a.ready, a.replicas, a.gpus) ==
         std::tie(b.command, b.ready, b.replicas, b.gpus);
}

// Judges last, whichever step they are of: a model's server may be theirs.
std::vector<std::size_t> served_entries(const std::vector<model_entry>& all) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].model->serve) out.push_back(i);
  }
  std::ranges::stable_partition(out, [&](std::size_t i) { return !all[i].sampling; });
  return out;
}

// Who loads a model to judge its own answers means one of it, not a second beside it.
bool join_servers(const model_entry& of, std::size_t entry, const std::vector<model_entry>& all,
                  std::vector<planned_server>& out) {
  if (!of.sampling) return false;
  const auto serves = [&](const planned_server& one) {
    return is_same(*all[one.entries.front()].model->serve, *of.model->serve);
  };
  const auto first = std::ranges::find_if(out, serves);
  if (first == out.end()) return false;
  const std::size_t whose = first->entries.front();
  for (planned_server& one : out) {
    if (one.entries.front() == whose) one.entries.push_back(entry);
  }
  return true;
}

// The entry has its place, but for the port.
std::string url_of(const model_config& of, std::uint16_t port) {
  return fmt::format("{}:{}{}", host, port, of.base_url.substr(host.size()));
}

void add_endpoint(std::string url, model_config& to) {
  endpoint_config made = to;
  made.base_url = std::move(url);
  to.endpoints.push_back(std::move(made));
}

}  // namespace

result<std::vector<planned_server>> plan_servers(config& of, const io::environment& environment) {
  std::vector<planned_server> out;
  auto gpus = gpus_of(value_of(environment, gpu_variable.data()),
                      value_of(environment, "SLURM_GPUS_ON_NODE"));
  const bool is_none_known = gpus.empty();
  const auto entries = model_entries(of);
  for (const std::size_t i : served_entries(entries)) {
    if (join_servers(entries[i], i, entries, out)) continue;
    auto planned = plan_entry(entries[i], i, is_none_known, gpus, out);
    if (!planned) return planned.error();
  }
  auto ports = free_ports(out.size());
  if (!ports) return ports.error();
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::uint16_t port = (*ports)[i];
    const model_config& own = *entries[out[i].entries.front()].model;
    out[i].command = with_port(own.serve->command, port);
    out[i].base_url = url_of(own, port);
    for (const std::size_t entry : out[i].entries) {
      // The entries point into the config, which is the caller's to change.
      auto& model = const_cast<model_config&>(*entries[entry].model);
      add_endpoint(url_of(model, port), model);
    }
  }
  return out;
}

std::string text_of(const planned_server& one) {
  return one.gpus.empty() ? one.command
                          : fmt::format("{} ({}={})", one.command, gpu_variable, one.gpus);
}

std::vector<std::string> environment_of(const planned_server& one, const config& of) {
  const auto entries = model_entries(of);
  const auto is_own = [&](const std::string& key) {
    return std::ranges::any_of(
        one.entries, [&](std::size_t entry) { return entries[entry].model->api_key_env == key; });
  };
  std::vector<std::string> hidden = secret_variables(of);
  std::erase_if(hidden, is_own);
  if (!one.gpus.empty()) hidden.emplace_back(gpu_variable);
  auto out = io::environment_without(hidden);
  if (!one.gpus.empty()) out.push_back(fmt::format("{}={}", gpu_variable, one.gpus));
  return out;
}

}  // namespace retort::engine
