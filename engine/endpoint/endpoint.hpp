// An endpoint: a base URL, a key and a model behind a provider's dialect, with its entrance.
// One thread: the engine's.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/endpoint/endpoint_history.hpp"
#include "engine/quota/entrance.hpp"
#include "engine/sample/key_mask.hpp"
#include "io/base/awaitable.hpp"
#include "io/base/interrupt.hpp"
#include "io/base/url.hpp"
#include "io/http/http_client.hpp"
#include "providers/stream/dialect.hpp"

namespace retort::engine {

// How the answers of a model entry come.
inline providers::delivery delivery_of(const model_config& model) {
  return model.stream ? providers::delivery::stream : providers::delivery::whole;
}

struct endpoint {
  endpoint(const model_config& model_, const endpoint_config& config,
           const providers::dialect* dialect_, std::string key_,
           std::unique_ptr<io::http_client> client_)
      : model(&model_),
        name(config.base_url),
        place(io::one_spelling(name)),
        hash(std::hash<std::string>()(place + key_)),
        dialect(dialect_),
        key(std::move(key_)),
        mask({key}),
        client(std::move(client_)),
        entrance(config.limits, std::chrono::steady_clock::now()) {}

  std::chrono::steady_clock::time_point deadline() const {
    return std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::milliseconds>(
                                                  std::chrono::duration<double>(model->timeout_s));
  }

  // A server's message, fit to be shown and kept: it may echo the key (key_mask::without_keys).
  std::string without_key(std::string text) const;

  const model_config* model;
  std::string name;    // its base URL, as the config has it
  std::string place;   // that in the one spelling by which it is known
  std::uint64_t hash;  // of that and the key
  const providers::dialect* dialect;
  std::string key;  // "" when none is sent
  key_mask mask;    // of it alone
  std::unique_ptr<io::http_client> client;
  engine::entrance entrance;
  endpoint_history history;
  io::waiting_room trial;      // samples whose failure it must first prove to be their own
  bool has_answered = false;   // anything at all
  bool retired = false;        // has said something that is true of every further request
  bool is_gone = false;        // from the list of its entry's endpoints: nobody is sent there
  bool is_away = false;        // a server of ours that is being started: nobody is sent there
  bool is_waited_for = false;  // it may be starting, and that has been said
  bool is_distrusted = false;  // it answers unasked, and that has been said
};

// Where the embedded mock of a model entry listens (provider: mock).
struct embedded_provider {
  std::string base_url;
  std::string ca_pem;  // trusted for this run only
};

// The endpoints of every model entry, in the config's order, ready to send: keys read, authorities
// loaded. `embedded` holds the mocks by index of their model entry. errc::usage or errc::unreadable
// with one clear line that names the entry; never a key. `stop`, raised, ends the wait for a key
// that comes by a pipe, with errc::cancelled.
result<std::vector<std::unique_ptr<endpoint>>> make_endpoints(
    const config& run, const std::map<std::size_t, embedded_provider>& embedded, io::executor on,
    const io::environment& environment, const io::interrupt* stop = nullptr);

// Another endpoint of the same entry, with the same key, which is not read again.
result<std::unique_ptr<endpoint>> make_endpoint_beside(const endpoint& like,
                                                       const endpoint_config& at, io::executor on,
                                                       const io::environment& environment);

// Of all their keys: what one server was sent, another one's answer can hold as well.
key_mask keys_of(const std::vector<std::unique_ptr<endpoint>>& endpoints);

// Of those keys of a config's endpoints that are at hand, for who sends nothing and asks for none.
key_mask known_keys(const config& run, const io::environment& environment);

// Endpoints that share a key although each has limits of its own: most providers count per key, so
// that together they would ask for twice what there is. One line of warning each.
std::vector<std::string> warn_of_shared_keys(
    const config& run, const std::vector<std::unique_ptr<endpoint>>& endpoints);

}  // namespace retort::engine
