// A script that a Redis or Valkey server runs, whole and alone: sent once, then called by its hash,
// over a connection that is made again when it was lost. Blocks as redis_link does; one thread at a
// time.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "io/redis/redis_link.hpp"

namespace retort::io {

class redis_script {
 public:
  redis_script(redis_server on, std::string text);

  // The script's reply. Whether it ran is not known after an error; it is never sent twice for one
  // call but where the server says that it did not know it. errc::protocol with the server's words
  // where it failed.
  result<std::vector<std::string>> call(const std::vector<std::string>& keys,
                                        const std::vector<std::string>& words,
                                        redis_link::deadline until);
  // Connects, if it is not connected.
  result<void> reach(redis_link::deadline until);
  const redis_server& server() const { return on_; }

 private:
  result<redis_link::reply> send(const std::string& command, const std::string& script,
                                 const std::vector<std::string>& keys,
                                 const std::vector<std::string>& words, redis_link::deadline until);

  redis_server on_;
  std::string text_, hash_;
  std::unique_ptr<redis_link> link_;  // null: not connected
};

}  // namespace retort::io
