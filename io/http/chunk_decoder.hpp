// Takes the framing off a chunked body (RFC 9112, section 7.1), wherever its bytes are cut. Chunk
// extensions and trailers are passed over. It keeps no bytes, so that each is looked at once.
// Sans-I/O; one thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "io/base/error.hpp"

namespace retort::io {

class chunk_decoder {
 public:
  struct piece {
    std::size_t taken;      // bytes, framing included
    std::string_view data;  // the last of them, where they are data
  };

  // Takes bytes up to the end of the first data among them, else all, or up to the body's end.
  // errc::protocol.
  result<piece> next(std::string_view bytes);
  bool done() const { return at_ == place::done; }
  // What the chunk at hand is still to bring.
  std::uint64_t missing() const { return missing_; }

 private:
  enum class place {
    size,  // its hexadecimal digits
    extension,
    size_lf,
    data,
    data_cr,
    data_lf,
    trailer_begin,
    trailer,
    trailer_lf,
    end_lf,
    done,
  };

  // False when the byte cannot stand here.
  bool step(char c);
  bool step_size(char c);
  bool skip_to(char c, place behind_cr);
  bool expect(bool is_right, place next);

  place at_ = place::size;
  bool any_digit_ = false;
  std::uint64_t missing_ = 0;
};

}  // namespace retort::io
