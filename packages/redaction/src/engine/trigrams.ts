/** The commonest three characters of source code, logs and prose (in lower case), the commonest first. */
export const COMMON_TRIGRAMS: readonly string[] = (
  '--- ser ons ion ent ode nst con ect pro ing tio mod str sta age est che the tch ile fil out com rea use ver typ que ype ort ' +
  'res put por and oke mit ead ken tok exp jec ass ret err er/ ate rro rin ror ter ule odu tri dul omm ame tes ome ens urn erv ' +
  'pat tur req der ach ted tat ble etu hom han atc abl .js ine cac val rve ack sse run ist equ gin ult 000 rou nod _to ues nde ' +
  'utp tpu ess /pr lue ind alu wai ait npm all del st/ pac dat etc ord fet cka r/p kag nam pti awa ith roj oje ttp htt me/ /ho ' +
  'e/u mpo /us :// rec ore imp es/ src rc/ eve key wit ati ers inp npu opt ple son pec xpo arg tal rom par ext ces .ts row ath ' +
  'not -r- r-- t_t xpe ut_ thi 200 sed thr cha set nse mmi cor ite cod lie pas spo tor /re men jso wor cli num mbe ber tex pon ' +
  'cti esp umb ien bje lin obj cre und for man his /co tre ven ock ope sio ori dle ins mma art ask nge ndl emo les dex eam ume ' +
  'ive nin ang ran ery unc tar aut rem uth fun nct tab roc def esu ara ram war rat hea ved oce arr arn sul uer anc col ork omp ' +
  'rte ote fin gum ray dis rgu ssi ign rra imi rsi rig get ler atu red eck igi tus hec oun cke fer gro ool fro te/ hre rge ket ' +
  'try ffe lim soc ece ema is. .md ush sig lte pen pus sag log uff ilt hat rde buf mer ges ute er. nid mot efi hem oup /sr off ' +
  'upd pda rni dif iff ert vie iew /di cei eiv pag rke ker olu erg /vi /se ide le: tas app emi wat met sch ace nch lum umn too ' +
  'cte tps aul ild bra ps: mog ref gna lay bui uil ffs fse e/s s:/ sec _mo ena vit mpi pil eco ueu e_m eue lex ogp gpl de_ e/d ' +
  're/ nte sto aye syn led inf s/v ync 10: yer pps ura nfo ps/ s/c s/s acc ete egi ned dur reg ct/ hit gis ry. tim kin act ime ' +
  'rov ovi usa w-r vid mpl tru //h org e:/ /// on: --r nov .re -rw rw- s.o ecr nab .or rg/ /pa ogi ata 32m nai unt int mjs exi ' +
  'tra 22m js. 39m gen rue //r y.n .np pmj 2mo mok cou vau her .to fre le. esh cal one tha new amp xit cto ts: :17 eou meo tco ' +
  'cco sti efr own js: ise 600 tid ice nti ere ont nal mis sam rac spa _re pla tms ani now itc gpt tot md: our e.j ota asy ail ' +
  '176 pt- _in des tho utm -re 760 mes al_ t-5 exe omi ai/ old seq uni i/g /gp ad_ l_t eq_ hel e_r pan cat :tr he_ cwd hro d_i ' +
  'url ed. env scr nce end er- ase rof ste ans /st ost ofi hin eng whe den on. elp cri hen its rep /mo oau len als t.j wer vic ' +
  'nts e.t esc per hor .st eal kno ove mat era ain unk fai ede ten oth ses t/p rip ars t/t ure nds ial lea .co st. nsw sea nt. ' +
  'swe lis t/s lse are t.t rit ipt tem api orm'
).split(' ');
