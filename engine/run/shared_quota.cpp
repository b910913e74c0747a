#include "engine/run/shared_quota.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <random>

#include "engine/config/run_directory.hpp"
#include "engine/endpoint/secret.hpp"
#include "engine/run/taking_up.hpp"
#include "engine/shard/shard_run.hpp"
#include "io/file/file.hpp"
#include "io/file/presence.hpp"

namespace retort::engine {
namespace {

using measures = budget_slice::measures<std::int64_t>;

// Who says where the limits are shared.
struct sharing {
  std::string place;  // as messages call it
  limits_config limits;
};

result<std::optional<sharing>> sharing_of(const config& what) {
  std::optional<sharing> first;
  for (const model_entry& entry : model_entries(what)) {
    for (const endpoint_config& one : limits_of(*entry.model)) {
      if (one.limits.shared.empty()) continue;
      if (!first) {
        first.emplace(sharing{entry.place, one.limits});
      } else if (first->limits.shared != one.limits.shared) {
        return error{errc::usage,
                     fmt::format("{}: limits.shared is not that of {}: a run shares its limits in "
                                 "one place",
                                 entry.place, first->place)};
      }
    }
  }
  return first;
}

result<io::redis_server> server_of(const limits_config& of) {
  auto server = io::parse_redis_server(of.shared);
  if (!server) return server.error();
  auto password = read_secret({of.shared_key_env, of.shared_key_file, "limits.shared_key_env",
                               "limits.shared_key_file", secret_form::bytes},
                              &std::getenv, nullptr);
  if (!password) return password.error();
  server->password = std::move(*password);
  server->ca_file = of.shared_ca_file;
  return server;
}

// Of which nobody can tell the key, and everybody that two are the same.
std::string fingerprint(const std::vector<std::string>& parts) {
  std::string text = "retort's accounts, 1";
  for (const auto& part : parts) text.append(1, '\0').append(part);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha256(), nullptr);
  std::string out;
  for (unsigned i = 0; i < 16; ++i) out += fmt::format("{:02x}", digest[i]);
  return out;
}

// All who ask that model there with that key, and leave as much to others, have one quota.
std::string account_of(const std::string& where, const endpoint& one, const limits_config& limits) {
  return "retort:account:" +
         fingerprint({where, one.model->model, one.key, fmt::format("{}", limits.share)});
}

// Of DNS: whatever its letters' case, and with or without its root.
std::string plain_name(std::string name) {
  if (name.ends_with('.')) name.pop_back();
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return name;
}

// What stands for endpoints that come and go: the name, or the list. That may be a link which is
// turned to another file, so only the directory's are followed.
std::string list_of(const model_config& model) {
  if (!model.endpoints_srv.empty()) return plain_name(model.endpoints_srv);
  std::error_code none;
  const auto path = std::filesystem::absolute(model.endpoints_file, none).lexically_normal();
  return (std::filesystem::weakly_canonical(path.parent_path(), none) / path.filename()).string();
}

std::string drawn_word() {
  std::random_device source;
  return fmt::format("{:08x}{:08x}{:08x}{:08x}", source(), source(), source(), source());
}

error at(const std::string& place, const error& why) {
  return {errc::usage, fmt::format("{}: limits.shared: {} (nothing was sent)", place, why.message)};
}

const std::string& whole_run(const config& what) {
  return what.shard ? what.shard->run_dir : what.run_dir;
}

std::int64_t shards_of_run(const config& what) { return what.shard ? what.shard->count : 1; }

std::string name_of_shard(const config& what) {
  return fmt::format("{}/{}", what.shard ? what.shard->index : 0, shards_of_run(what));
}

// Of whatever number of shards: what was adopted stands in several.
result<std::vector<std::string>> ledgers_of_run(const config& what) {
  const auto shards = shards_in(whole_run(what));
  if (!shards) return shards.error();
  std::vector<std::string> out = {run_directory{whole_run(what)}.ledger()};
  for (const known_shard& one : *shards) out.push_back(run_directory{one.path}.ledger());
  return out;
}

// What a run is called among all who share: drawn once, and kept in its directory, which may be
// called otherwise on another machine. The first of several tasks says it: link() takes no place
// that is taken, also over NFS.
result<std::string> name_of_run(const config& what) {
  const std::string path = run_directory{whole_run(what)}.shared_as(),
                    own = path + '.' + drawn_word();
  const auto there = io::is_there(path);
  if (!there) return there.error();
  if (!*there) {
    const auto written = io::replace_file(own, drawn_word());
    if (!written) return written.error();
    const int linked = ::link(own.c_str(), path.c_str());
    const int reason = linked == 0 || errno == EEXIST ? 0 : errno;
    ::unlink(own.c_str());
    if (reason != 0) return error{errc::unwritable, path + ": " + std::strerror(reason)};
  }
  auto name = read_secret({"", path, "", "the run's"}, &std::getenv, nullptr);
  if (!name) return name.error();
  return name;
}

void let_draw(run_parts& of) {
  const auto draw = [&of](entrance& at, const std::string& where, const endpoint& one,
                          const limits_config& limits) {
    if (limits.shared.empty()) return;
    at.draw_from(of.lease->account(account_of(where, one, limits), limits, shards_of_run(of.what)));
  };
  for (const auto& gate : of.shared->asking.gates) {
    const auto& endpoints = gate->endpoints();
    const auto places = limits_of(*endpoints.front()->model);
    if (entrance* const whole = gate->whole()) {
      const endpoint& any = *endpoints.front();
      draw(*whole, list_of(*any.model), any, places.front().limits);
      continue;
    }
    for (std::size_t i = 0; i < endpoints.size(); ++i) {
      draw(endpoints[i]->entrance, endpoints[i]->place, *endpoints[i], places[i].limits);
    }
  }
}

void wake_all(run_parts& of) {
  for (const auto& gate : of.shared->asking.gates) gate->serve_soon();
  of.shared->asking.relief.call_all();
}

budget_slice::measures<budget_slice::use> used_of(const budget& money) {
  const auto& spent = money.exactly_spent();
  const auto& reserved = money.exactly_reserved();
  const auto& lacking = money.lacking();
  return {budget_slice::use{spent.tokens, reserved.tokens, lacking.tokens},
          budget_slice::use{spent.nanos, reserved.nanos, lacking.nanos}};
}

result<measures> spent_by_all(run_parts& of) {
  const auto ledgers = ledgers_of_run(of.what);
  if (!ledgers) return ledgers.error();
  const auto spent = spent_in(of, *ledgers);
  if (!spent) return spent.error();
  return measures{spent->tokens, spent->nanos};
}

std::string used_up_with_others(const run_parts& of) {
  const auto& cap = of.what.budget;
  const spending spent = of.money->money.spent();
  const std::string used = cap.usd ? fmt::format("{:.4f} USD of {}", spent.usd, *cap.usd)
                                   : fmt::format("{} tokens of {}", spent.tokens, *cap.tokens);
  return fmt::format(
      "the run's budget is used up, or held by its other tasks: {} spent here, and the next "
      "request might cost more than is left; raise budget to go on",
      used);
}

void share_budget(run_parts& of, const std::string& run) {
  budget& money = of.money->money;
  const auto most_tokens = money.most_tokens(), most_nanos = money.most_nanos();
  shared_budget shared{
      "retort:budget:" + run,
      budget_slice({most_tokens, most_nanos}, name_of_shard(of.what), shards_of_run(of.what)),
      [&money] { return used_of(money); },
      [&of, most_tokens, most_nanos](const measures& held) {
        of.money->money.set_most(most_tokens ? std::optional(held[0]) : std::nullopt,
                                 most_nanos ? std::optional(held[1]) : std::nullopt);
      },
      [&of] { return spent_by_all(of); },
      std::exchange(of.money->exhausted, [] {})};
  shared.used_up = [&of] {
    of.summary.over_budget |= !of.shared->asking.stop.is_raised();
    of.shared->asking.stop.raise(exit_status::stopped, used_up_with_others(of));
  };
  const auto& spent = money.exactly_spent();
  shared.slice.begin({spent.tokens, spent.nanos});
  of.lease->share(std::move(shared));
}

}  // namespace

std::vector<std::string> warn_of_unshared_quotas(const config& what) {
  std::vector<std::string> out;
  for (const model_entry& entry : model_entries(what)) {
    const limits_config& limits = entry.model->limits;
    const bool shares = has_changing_endpoints(*entry.model) && !limits.shared.empty();
    if (!shares || limits.states_quota() || limits.concurrency) continue;
    out.push_back(fmt::format(
        "{}: limits.shared shares no quota, as its endpoints come and go and its limits state "
        "none: expected rps, rpm, tpm or concurrency beside it",
        entry.place));
  }
  return out;
}

result<void> share_quota(run_parts& of) {
  const auto found = sharing_of(of.what);
  if (!found) return found.error();
  if (!*found) return {};
  auto server = server_of((*found)->limits);
  if (!server) return error{server.error().code, (*found)->place + ": " + server.error().message};
  of.lease = std::make_unique<lease_keeper>(of.context.get_executor(), std::move(*server));
  of.lease->changed = [&of] { wake_all(of); };
  of.lease->say = [&of](const std::string& line) { of.display->say(line); };
  let_draw(of);
  const auto reached = of.lease->reach();
  if (!reached) return at((*found)->place, reached.error());
  return {};
}

result<void> join_quota(run_parts& of) {
  const auto found = sharing_of(of.what);
  if (!of.lease || !found || !*found) return {};
  const auto run = name_of_run(of.what);
  if (!run) return run.error();
  if (of.money) share_budget(of, *run);
  const auto joined = of.lease->join(*run + ':' + name_of_shard(of.what));
  if (!joined) return at((*found)->place, joined.error());
  return {};
}

}  // namespace retort::engine
