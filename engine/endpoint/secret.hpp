// A key or a password, from where a config says that it is. Never in a message. Any thread.
#pragma once

#include <string>
#include <vector>

#include "engine/config/config.hpp"
#include "io/base/error.hpp"
#include "io/base/interrupt.hpp"
#include "io/base/url.hpp"

namespace retort::engine {

// What it is for: a header line has no blanks and plain letters only; a password is any bytes.
enum class secret_form { header, bytes };

struct secret_place {
  std::string variable, file;          // one of them is not empty, or neither
  std::string variable_key, file_key;  // as the config calls the two: "api_key_env"
  secret_form form = secret_form::header;
};

// "" where there is none. errc::usage, with the key: a variable that is not set, what is empty
// (line ends behind it are none of it) or cannot stand where it is to; errc::unreadable. `stop`,
// raised, ends the wait for a pipe with errc::cancelled; null: nobody stops it.
result<std::string> read_secret(const secret_place& from, const io::environment& environment,
                                const io::interrupt* stop);

// The variables that a config names for keys and passwords, of whichever entry: no command of the
// user's sees them unasked.
std::vector<std::string> secret_variables(const config&);

}  // namespace retort::engine
