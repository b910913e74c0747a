// Where a run says how far it is to Prometheus: on a port of 127.0.0.1, or in a file for the
// textfile collector of its node exporter. The engine's thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "io/base/awaitable.hpp"
#include "io/base/error.hpp"
#include "io/net/text_page.hpp"

namespace retort::engine {

class metrics_outlet {
 public:
  // `where`: a port (0: one that is free), else a path. `text` is what there is to say.
  // errc::usage: the port is taken, the path no .prom; errc::unwritable.
  static result<std::unique_ptr<metrics_outlet>> open(io::executor on, const std::string& where,
                                                      std::function<std::string()> text);

  // From now on, while the loop runs, which it keeps at work.
  void begin();
  std::string note() const;  // "metrics: http://127.0.0.1:9400/metrics", or the file's path
  // Says it a last time, to the file, and is done. What could not be written, if anything.
  result<void> close();

 private:
  metrics_outlet(io::executor on, std::string path, std::function<std::string()> text)
      : path_(std::move(path)), text_(std::move(text)), again_(on) {}
  void write_later();

  std::string path_;  // "" where there is a page
  std::function<std::string()> text_;
  std::unique_ptr<io::text_page> page_;
  io::alarm again_;
};

}  // namespace retort::engine
