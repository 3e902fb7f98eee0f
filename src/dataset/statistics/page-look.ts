/** Looks and keys of the page of `sera inspect`; nothing of it comes from a sample. */
export const STYLE = `
:root{color-scheme:light dark;--line:light-dark(#d8dce3,#333a45);--soft:light-dark(#f4f6f9,#1b2028);--ground:light-dark(#fff,#12161c);--ink:light-dark(#1c2330,#dfe4ec);--dim:light-dark(#647084,#8d98aa);--blue:light-dark(#2f6fb7,#6ea8e6);--green:light-dark(#216e39,#58c07a);--red:light-dark(#b3353f,#f0838b)}
*{box-sizing:border-box}body{font:15px/1.5 system-ui,sans-serif;margin:0;background:var(--ground);color:var(--ink)}
header{position:sticky;top:0;z-index:1;display:flex;gap:1.5rem;align-items:baseline;padding:.6rem 1.5rem;background:var(--ground);border-bottom:1px solid var(--line)}
h1{font-size:1.1rem;margin:0;overflow-wrap:anywhere}h2{font-size:1.15rem;margin:2rem 0 .7rem}h3{font-size:.95rem;margin:0 0 .4rem;overflow-wrap:anywhere}
nav{display:flex;gap:1rem;margin-left:auto}a{color:var(--blue);text-decoration:none}section{scroll-margin-top:3rem}
main{max-width:90rem;margin:0 auto;padding:1rem 1.5rem 4rem}
.facts{display:flex;flex-wrap:wrap;gap:.8rem;margin:0}.facts div{border:1px solid var(--line);border-radius:.5rem;padding:.4rem .9rem;min-width:7rem}
.facts dt{color:var(--dim);font-size:.8rem}.facts dd{margin:0;font-size:1.15rem;font-variant-numeric:tabular-nums}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(20rem,1fr));gap:1rem;align-items:start}
#fields .grid{display:block;columns:20rem;column-gap:1rem}#fields section{break-inside:avoid;margin-bottom:1rem}
figure{margin:0}figure,.grid>section{border:1px solid var(--line);border-radius:.5rem;padding:.7rem .9rem}figure svg{display:block;width:100%}
.wide{overflow-x:auto;margin-top:1rem}table{border-collapse:collapse;font-variant-numeric:tabular-nums}
td,th{padding:.2rem 1rem .2rem 0;text-align:right;border-bottom:1px solid var(--line)}td:first-child{text-align:left}th{color:var(--dim);font-weight:normal}
.bars{list-style:none;margin:0;padding:0;font-size:.88rem}.bars li{display:flex;gap:.6rem;justify-content:space-between;padding:.1rem .3rem;margin:.15rem 0;background:linear-gradient(to right,light-dark(#dce8f6,#22364d) var(--share,0%),transparent 0)}
.bars span{overflow-wrap:anywhere}.bars .more{color:var(--dim);background:none}
.hint{color:var(--dim);font-size:.88rem}kbd{border:1px solid var(--line);border-radius:.25rem;padding:0 .35rem;font:inherit}
.browser{display:grid;grid-template-columns:18rem minmax(0,1fr);gap:1.2rem;align-items:start}
aside{position:sticky;top:3.3rem;max-height:calc(100vh - 4rem);display:flex;flex-direction:column}
aside input{font:inherit;padding:.3rem .6rem;margin-bottom:.5rem;border:1px solid var(--line);border-radius:.4rem;background:var(--soft);color:inherit}
aside ol{position:relative;list-style:none;margin:0;padding:0;overflow-y:auto}aside button{width:100%;text-align:left;font:inherit;font-size:.82rem;color:inherit;background:none;border:0;border-left:3px solid transparent;padding:.25rem .5rem;cursor:pointer;display:block}
aside button b{display:block;font-weight:600;overflow-wrap:anywhere}aside button span{color:var(--dim)}aside button:hover{background:var(--soft)}aside .on button{background:var(--soft);border-color:var(--blue)}
.about{display:flex;flex-wrap:wrap;gap:.3rem .8rem;margin:0 0 .6rem;color:var(--dim);font-size:.85rem}.about span{overflow-wrap:anywhere}
details{border:1px solid var(--line);border-left:4px solid var(--line);border-radius:.35rem;margin:.45rem 0;padding:.15rem .7rem}
.trained{border-left-color:var(--blue)}.extra{border-style:dashed}summary{cursor:pointer;display:flex;gap:.7rem;align-items:baseline;min-width:0}
summary b{white-space:nowrap}summary span{color:var(--dim);font-size:.78rem;white-space:nowrap}summary i{font-style:normal;color:var(--dim);font-size:.82rem;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}details[open]>summary i{visibility:hidden}
pre{font:12.5px/1.45 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere;margin:.4rem 0;max-height:36rem;overflow:auto}
.think{color:var(--dim);border-left:2px solid var(--line);padding-left:.7rem}.call{background:var(--soft);border-radius:.35rem;padding:.4rem .7rem;margin:.4rem 0}
.call dl{margin:0;display:grid;grid-template-columns:max-content minmax(0,1fr);gap:0 .8rem}.call dt{color:var(--dim);font-size:.82rem;padding-top:.35rem}.call dd{margin:0}.call pre{margin:.3rem 0}
.plus{color:var(--green)}.minus{color:var(--red)}.hunk{color:var(--blue)}.file{color:var(--dim)}
@media(max-width:50rem){.browser{grid-template-columns:1fr}aside{position:static;max-height:14rem}}`;

export const SCRIPT = `
const entries=[...document.querySelectorAll('aside li')],articles=[...document.querySelectorAll('article')];let at=-1;
const show=(next,scroll)=>{if(!articles[next])return;if(at>=0){articles[at].hidden=true;entries[at].classList.remove('on')}
at=next;articles[at].hidden=false;entries[at].classList.add('on');const entry=entries[at],list=entry.parentNode;
if(entry.offsetTop<list.scrollTop)list.scrollTop=entry.offsetTop;else if(entry.offsetTop+entry.offsetHeight>list.scrollTop+list.clientHeight)list.scrollTop=entry.offsetTop+entry.offsetHeight-list.clientHeight;
if(scroll)document.getElementById('samples').scrollIntoView()};
const step=(by)=>{let next=at+by;while(entries[next]&&entries[next].hidden)next+=by;show(next,true)};
entries.forEach((entry,index)=>{entry.firstChild.onclick=()=>show(index,true)});
const search=document.getElementById('search');
search.oninput=()=>{const words=search.value.toLowerCase();entries.forEach((entry,index)=>{
entry.hidden=words!==''&&!articles[index].textContent.toLowerCase().includes(words)});
const first=entries.findIndex((entry)=>!entry.hidden);if(at<0||entries[at].hidden)show(first)};
addEventListener('keydown',(event)=>{if(event.ctrlKey||event.metaKey||event.altKey)return;
if(event.target===search){if(event.key==='Escape'||event.key==='Enter')search.blur();return}
if(event.key==='j'||event.key==='ArrowRight')step(1);else if(event.key==='k'||event.key==='ArrowLeft')step(-1);
else if(event.key==='/'){event.preventDefault();search.focus()}
else if(event.key==='e'&&articles[at]){const all=[...articles[at].querySelectorAll('details')];const open=all.some((each)=>!each.open);all.forEach((each)=>{each.open=open})}});
show(0);`;
