# Run at installation: lets the program, whose file is `saccade_program`, write its manual page and its completions into
# the folder `work`, and puts them where `man` and the shells look.
function(install_form form folder name)
  file(MAKE_DIRECTORY "${work}")
  execute_process(COMMAND "${saccade_program}" options --${form} OUTPUT_FILE "${work}/${name}"
    COMMAND_ERROR_IS_FATAL ANY)
  file(INSTALL DESTINATION "${CMAKE_INSTALL_PREFIX}/${folder}" TYPE FILE FILES "${work}/${name}")
endfunction()

# Debian's zsh looks into vendor-completions below /usr, and every zsh into site-functions below /usr/local.
set(zsh site-functions)
if(CMAKE_INSTALL_PREFIX MATCHES "(^|/)usr$")
  set(zsh vendor-completions)
endif()
install_form(man ${mandir}/man1 saccade.1)
install_form(bash ${datadir}/bash-completion/completions saccade)
install_form(zsh ${datadir}/zsh/${zsh} _saccade)
install_form(fish ${datadir}/fish/vendor_completions.d saccade.fish)
