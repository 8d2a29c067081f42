#pragma once

#include <vector>

#include "core/data/caption_sets.hpp"
#include "core/data/text_file.hpp"

namespace saccade {

// Plain text, one caption a line: line n of every file is about the same image, whose id is n.

/// Reads captions to score; an empty line is an empty caption. Throws Error that names the file, and the line where
/// there is one, when it cannot be read, is empty or is not valid UTF-8.
HypothesisSet read_text_hypotheses(const TextFile& file);

/// Reads references, a file for each: the first has a reference of every image, the second another, and so on. An empty
/// line stands for no reference, so that images may have fewer than there are files. Throws Error as above, when there
/// is no file, when the files differ in their number of lines, and when a line is empty in all of them.
ReferenceSet read_text_references(const std::vector<TextFile>& files);

}  // namespace saccade
