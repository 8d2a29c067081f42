#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace saccade {

/// Splits a caption into the words the model speaks of: lower case, punctuation dropped.
///
/// Apostrophes and full stops vanish within a word ("ca n't" -> "ca nt", "d.c." -> "dc"); every other punctuation mark
/// or symbol separates words ("t-shirt" -> "t shirt"). Letters and digits of any script are kept: the text is UTF-8,
/// and its case and punctuation are Unicode's. This is the policy of Karpathy's tokens of Flickr8k.
/// Throws Error when the text is not valid UTF-8.
std::vector<std::string> tokenize(std::string_view caption);

}  // namespace saccade
