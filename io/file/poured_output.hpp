// Standard output as a file that only takes bytes: a pipe, a terminal, a file it was redirected to.
// One thread at a time.
#pragma once

#include <unistd.h>

#include <memory>

#include "io/base/error.hpp"
#include "io/base/interrupt.hpp"
#include "io/file/file.hpp"

namespace retort::io {

// For sink::pour_into. `stop` ends a write that waits for the reader of a pipe. errc::unwritable
// when it is closed. `descriptor`: a test's own in its place.
result<std::unique_ptr<file>> open_standard_output(std::shared_ptr<interrupt> stop,
                                                   int descriptor = STDOUT_FILENO);

}  // namespace retort::io
